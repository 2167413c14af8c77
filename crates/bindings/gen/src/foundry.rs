//! The settings of foundry.toml that decide what the compiler makes.

use std::{
    collections::BTreeMap,
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, Result, bail};
use foundry_compilers::artifacts::{BytecodeHash, EvmVersion, Remapping};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny},
};

/// Settings that change nothing in an ABI or in bytecode. Any other that is not a field of [`Profile`] is refused:
/// forge would obey it and these bindings would not.
const WITHOUT_EFFECT: [&str; 14] = [
    "broadcast",
    "cache_path",
    "deny",
    "fmt",
    "fs_permissions",
    "fuzz",
    "invariant",
    "isolate",
    "lint",
    "offline",
    "out",
    "script",
    "snapshots",
    "verbosity",
];

#[derive(Deserialize)]
struct FoundryToml {
    profile: Profiles,
}

#[derive(Deserialize)]
struct Profiles {
    default: Profile,
}

/// What forge takes for granted must be said here, so that there is one place to read it.
#[derive(Debug, Deserialize)]
pub(crate) struct Profile {
    pub(crate) src: PathBuf,
    pub(crate) test: PathBuf,
    pub(crate) libs: Vec<PathBuf>,
    auto_detect_remappings: bool,
    pub(crate) remappings: Vec<Remapping>,
    pub(crate) solc: PathBuf,
    #[serde(deserialize_with = "by_name")]
    pub(crate) evm_version: EvmVersion,
    pub(crate) optimizer: bool,
    pub(crate) optimizer_runs: usize,
    pub(crate) via_ir: bool,
    #[serde(deserialize_with = "by_name")]
    pub(crate) bytecode_hash: BytecodeHash,
    pub(crate) cbor_metadata: bool,
    #[serde(flatten)]
    rest: BTreeMap<String, IgnoredAny>,
}

/// A project of forge.
#[derive(Debug)]
pub(crate) struct Foundry {
    pub(crate) root: PathBuf,
    pub(crate) profile: Profile,
}

impl Foundry {
    /// Reads `foundry.toml` in `root`.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let path = root.join("foundry.toml");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{}: --root names the folder of foundry.toml", path.display()))?;
        let profile = parse(&text).with_context(|| path.display().to_string())?;
        // The compiler is told absolute paths.
        let root = fs::canonicalize(root).with_context(|| root.display().to_string())?;
        Ok(Self { root, profile })
    }
}

fn parse(text: &str) -> Result<Profile> {
    let FoundryToml {
        profile: Profiles { default: profile },
    } = toml::from_str(text)?;
    if profile.auto_detect_remappings {
        bail!("auto_detect_remappings must be false: forge would add remappings that only it knows");
    }
    let unknown = profile
        .rest
        .keys()
        .find(|key| !WITHOUT_EFFECT.contains(&key.as_str()));
    if let Some(key) = unknown {
        bail!("setting {key} may change what the compiler makes and bindings-gen does not know it");
    }
    Ok(profile)
}

/// foundry.toml names these as the compiler's JSON does, unlike their own deserialization.
fn by_name<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let name = String::deserialize(deserializer)?;
    name.parse().map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const COMPLETE: &str = r#"
[profile.default]
src = "contracts/src"
test = "contracts/test"
libs = ["node_modules"]
auto_detect_remappings = false
remappings = ["solady/=node_modules/solady/src/"]
solc = "tools/solc"
evm_version = "prague"
optimizer = true
optimizer_runs = 1_000_000
via_ir = false
bytecode_hash = "none"
cbor_metadata = false
[profile.default.fuzz]
runs = 256
"#;

    #[test]
    fn reads_what_the_compiler_is_told() {
        let profile = parse(COMPLETE).unwrap();
        assert_eq!(profile.evm_version, EvmVersion::Prague);
        assert_eq!(profile.bytecode_hash, BytecodeHash::None);
        assert_eq!(profile.optimizer_runs, 1_000_000);
        assert_eq!(profile.remappings[0].path, "node_modules/solady/src/");
    }

    #[test]
    fn refuses_a_setting_that_it_would_not_obey() {
        let text = COMPLETE.replace("via_ir", "via_ssa = true\nvia_ir");
        assert_eq!(
            parse(&text).unwrap_err().to_string(),
            "setting via_ssa may change what the compiler makes and bindings-gen does not know it"
        );
    }

    #[test]
    fn refuses_remappings_that_only_forge_would_find() {
        let text = COMPLETE.replace("auto_detect_remappings = false", "auto_detect_remappings = true");
        assert_eq!(
            parse(&text).unwrap_err().to_string(),
            "auto_detect_remappings must be false: forge would add remappings that only it knows"
        );
    }

    #[test]
    fn refuses_a_default_that_only_forge_knows() {
        let text = COMPLETE.replace("cbor_metadata = false\n", "");
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains("missing field `cbor_metadata`"), "{error}");
    }
}
