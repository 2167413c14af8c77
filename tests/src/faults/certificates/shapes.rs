//! Shapes of certificates that depend on each other.

use anyhow::Result;
use causeway_types::NetworkId;

use super::{Draft, Made, Maker};

impl Maker {
    /// Each of the networks takes in what the one before it sent: the last depends on all.
    ///
    /// # Errors
    /// The ledger's.
    pub fn chain(&mut self, networks: &[NetworkId]) -> Result<Vec<Made>> {
        let mut made: Vec<Made> = Vec::new();
        for (place, &network) in networks.iter().enumerate() {
            let to = networks[(place + 1) % networks.len()];
            let mut wanted = Draft::to(to, 10 + place as u64);
            if let Some(last) = made.last() {
                wanted = wanted.taking(last.index(self, 0));
            }
            made.push(self.make(network, &wanted)?);
        }
        Ok(made)
    }

    /// The first sends to two others, and each of them to the last, which takes in both.
    ///
    /// # Errors
    /// The ledger's.
    pub fn diamond(&mut self, [top, left, right, bottom]: [NetworkId; 4]) -> Result<Vec<Made>> {
        let wanted = Draft {
            exits: vec![(left, 5), (right, 6)],
            ..Draft::default()
        };
        let first = self.make(top, &wanted)?;
        let wanted = Draft::to(bottom, 1).taking(first.index(self, 0));
        let one = self.make(left, &wanted)?;
        let wanted = Draft::to(bottom, 2).taking(first.index(self, 1));
        let other = self.make(right, &wanted)?;
        let wanted = Draft::default()
            .taking(one.index(self, 0))
            .taking(other.index(self, 0));
        let last = self.make(bottom, &wanted)?;
        Ok(vec![first, one, other, last])
    }

    /// Each settles only with the one after it, and the last only with the first.
    ///
    /// # Errors
    /// The ledger's.
    pub fn cycle(&mut self, networks: &[NetworkId]) -> Result<Vec<Made>> {
        let wanted: Vec<_> = networks
            .iter()
            .enumerate()
            .map(|(place, &network)| {
                let next = networks[(place + 1) % networks.len()];
                (network, Draft::to(next, 3).with(next))
            })
            .collect();
        self.make_together(&wanted)
    }
}
