//! What a witness breaks, and what cannot be said of it.

use std::fmt;

use plonky2::iop::target::Target;

use super::First;
use crate::config::F;

/// What a witness breaks: all of it counted, the first of it named.
pub type Violations = First<Violation>;

/// A constraint that a witness breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A gate's own constraint.
    Gate {
        /// The row.
        row: usize,
        /// plonky2's id of the row's gate.
        gate: String,
        /// Index of the constraint within the gate.
        constraint: usize,
    },
    /// A wire that differs from the others it is connected with.
    Copy {
        /// The row.
        row: usize,
        /// The wire's column.
        column: usize,
    },
    /// Two of the prover's inputs differ for targets that are connected.
    Conflict {
        /// The target given last.
        target: Target,
        /// What was given for it.
        got: F,
        /// What was given first for one that it is connected with.
        first: F,
    },
    /// The prover gave a value for a target of another circuit.
    UnknownTarget {
        /// The target.
        target: Target,
    },
    /// Nothing can be said about the witness.
    Unchecked(Unchecked),
}

/// Why the witnesses of a circuit cannot be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unchecked {
    /// The circuit uses lookup tables: what they ask for is no constraint of a gate.
    #[error("the circuit uses lookup tables, which are not checked")]
    Lookups,
    /// The circuit was built without the polynomials of its constants, and cannot be proven either.
    #[error("the circuit was built without its constants")]
    Constants,
}

/// A target as a reader finds it.
pub(super) struct Place(pub(super) Target);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Target::Wire(wire) => write!(f, "row {}, wire {}", wire.row, wire.column),
            Target::VirtualTarget { index } => write!(f, "virtual target {index}"),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate {
                row,
                gate,
                constraint,
            } => write!(f, "row {row}, {}, constraint {constraint}", name(gate)),
            Self::Copy { row, column } => write!(f, "row {row}, wire {column}, differs from its copies"),
            Self::Conflict { target, got, first } => {
                write!(
                    f,
                    "{}, given {got}, is connected with one given {first}",
                    Place(*target)
                )
            }
            Self::UnknownTarget { target } => write!(f, "{} is not of this circuit", Place(*target)),
            Self::Unchecked(why) => why.fmt(f),
        }
    }
}

/// The name that plonky2's id of a gate or generator begins with; its parameters follow.
pub(super) fn name(id: &str) -> &str {
    let end = id.find(|c: char| !c.is_alphanumeric() && c != '_');
    &id[..end.unwrap_or(id.len())]
}
