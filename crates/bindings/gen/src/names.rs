//! Names of modules.

/// The module of a contract: `GlobalExitRootL2` becomes `global_exit_root_l2`, `ERC20Mock` `erc20_mock`.
pub(crate) fn module(contract: &str) -> String {
    let letters: Vec<char> = contract.chars().collect();
    let mut name = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let ends_word = before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit());
        let ends_capitals = before.is_some_and(char::is_ascii_uppercase)
            && letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (ends_word || ends_capitals) {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::module;

    #[test]
    fn breaks_names_into_words() {
        let names = [
            "Groth16Verifier",
            "VerifierGateway",
            "GlobalExitRootL2",
            "ERC20Mock",
            "IOBridge",
        ];
        assert_eq!(
            names.map(module),
            [
                "groth16_verifier",
                "verifier_gateway",
                "global_exit_root_l2",
                "erc20_mock",
                "io_bridge"
            ]
        );
    }
}
