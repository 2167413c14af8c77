//! What a run proves: stages that build on each other.

use std::fmt::Debug;
use std::hash::Hash;

/// What a stage does.
pub trait Kind: Copy + Debug + Eq + Hash + Send + Sync + 'static {
    /// Its name in files and reports, which no other kind of the same graph has.
    fn name(self) -> &'static str;

    /// Its byte in files.
    fn tag(self) -> u8;
}

/// Stages, numbered so that each builds on earlier ones only. The last one is what a run is for.
pub trait Graph {
    /// What its stages do.
    type Kind: Kind;

    /// How many there are.
    fn stages(&self) -> usize;

    /// What a stage does.
    fn kind(&self, stage: usize) -> Self::Kind;

    /// The stages whose outcomes it builds on, in order.
    fn inputs(&self, stage: usize) -> Vec<usize>;

    /// Whether, once it is finished, nothing asks any longer for what it was made of.
    fn ends(&self, stage: usize) -> bool;

    /// Whether later stages that end something leave alone what is below this one: it went when this one was finished, and is too
    /// much to be looked for again.
    fn bounds(&self, stage: usize) -> bool;
}
