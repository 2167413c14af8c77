//! Reasons in words, and their codes, which never change.

use causeway_journal::{Reason, ReasonClass};
use causeway_ledger::{Because, CertificateRef, Dependency, LedgerError, LeftOut, RootCause};
use causeway_types::NetworkId;

use crate::config::schema::AcceptOthers;

/// The network's own proof is not here.
pub(super) const OWN_PROOF: &str = "own_proof_missing";

/// A rule that a certificate breaks.
pub fn rule(error: &LedgerError) -> Reason {
    Reason::new(code(error), error.class(), error.to_string())
}

/// The name of a rule: the error's variant, as words.
fn code(error: &LedgerError) -> String {
    let text = format!("{error:?}");
    let name = text
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    let mut code = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !code.is_empty() {
            code.push('_');
        }
        code.push(letter.to_ascii_lowercase());
    }
    code
}

/// What something depends on, in words.
pub fn describe(dependency: &Dependency) -> String {
    match dependency {
        Dependency::L1(entry) => format!("the first {} exits of L1", entry.exit_count),
        Dependency::Entry { network, entry } => {
            format!("network {} at height {}", network.get(), entry.height)
        }
        Dependency::Contingency(on) => format!(
            "network {} at height {} with state root {}",
            on.network.get(),
            on.height,
            on.state_root.get()
        ),
        Dependency::Exit(import) => {
            format!("exit {} of network {}", import.leaf_index, import.source.get())
        }
    }
}

fn name(reference: &CertificateRef) -> String {
    format!(
        "the certificate of network {} at height {}",
        reference.network.get(),
        reference.height
    )
}

fn cause(root: &RootCause) -> String {
    match root {
        RootCause::Refused { certificate, error } => format!("{} is refused: {error}", name(certificate)),
        RootCause::Missing {
            certificate,
            dependency,
        } => format!(
            "{} needs {}, which nobody offers",
            name(certificate),
            describe(dependency)
        ),
    }
}

/// Why the ledger leaves a certificate out.
pub fn left_out(left: &LeftOut) -> Reason {
    match &left.because {
        Because::Refused(error) => rule(error),
        Because::Follows(before) => follows(before, &left.root),
        Because::Displaced(by) => displaced(by),
        Because::Missing(dependency) => missing(dependency),
        Because::Needs { dependency, on } => needs(dependency, on, &left.root),
    }
}

fn missing(dependency: &Dependency) -> Reason {
    let detail = format!("it needs {}, which nobody offers yet", describe(dependency));
    Reason::new("dependency_missing", ReasonClass::Wait, detail)
}

fn needs(dependency: &Dependency, on: &CertificateRef, root: &RootCause) -> Reason {
    let detail = format!(
        "it needs {}, but {} does not settle: {}",
        describe(dependency),
        name(on),
        cause(root)
    );
    Reason::new("dependency_waits", ReasonClass::Wait, detail)
}

fn follows(before: &CertificateRef, root: &RootCause) -> Reason {
    let detail = format!(
        "it follows {}, which does not settle: {}",
        name(before),
        cause(root)
    );
    Reason::new("predecessor_waits", ReasonClass::Wait, detail)
}

fn displaced(by: &CertificateRef) -> Reason {
    Reason::new(
        "displaced",
        ReasonClass::Rebuild,
        format!("{} came first", name(by)),
    )
}

pub(super) fn history_missing(network: NetworkId) -> Reason {
    let detail = format!(
        "L1 has certificates of network {} that are not here: hand them in first, in order",
        network.get()
    );
    Reason::new("history_missing", ReasonClass::Wait, detail)
}

pub(super) fn policy(asked: AcceptOthers, network: NetworkId, height: u64) -> Reason {
    let tier = match asked {
        AcceptOthers::PreConfirmed => "pre-confirmed",
        AcceptOthers::Confirmed => "confirmed",
        AcceptOthers::Finalized => "finalized",
    };
    let detail = format!(
        "its network builds on others' state once that is {tier}; network {} at height {height} is not yet",
        network.get()
    );
    Reason::new("policy", ReasonClass::Wait, detail)
}

pub(super) fn own_proof(late: bool) -> Reason {
    if late {
        let detail = "its network never sent the proof of it that its authority asks for";
        Reason::new("never_proven", ReasonClass::Rebuild, detail)
    } else {
        let detail = "its network proves its certificates itself, and the proof of this one is not here yet";
        Reason::new(OWN_PROOF, ReasonClass::Wait, detail)
    }
}
