//! Something of which there is so much, and of which nobody has more than a part: connections, and memory for what is being read.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by: HashMap<IpAddr, usize>,
}

/// What there is, and how much of it one sender has at most.
#[derive(Debug)]
pub(super) struct Shares {
    most: usize,
    most_each: usize,
    taken: Mutex<Taken>,
}

/// What a sender has. It is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Share {
    of: Arc<Shares>,
    sender: IpAddr,
    size: usize,
}

impl Shares {
    pub(super) fn new(most: usize, most_each: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            most_each,
            taken: Mutex::default(),
        })
    }

    /// Nothing yet, for a sender.
    pub(super) fn of(self: &Arc<Self>, sender: IpAddr) -> Share {
        Share {
            of: Arc::clone(self),
            sender,
            size: 0,
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// Takes more; whether there is so much for him.
    pub(super) fn grow(&mut self, more: usize) -> bool {
        let mut taken = self.of.taken();
        let his = taken.by.get(&self.sender).copied().unwrap_or_default();
        let (his, all) = (his.saturating_add(more), taken.all.saturating_add(more));
        if his > self.of.most_each || all > self.of.most {
            return false;
        }
        if more > 0 {
            taken.by.insert(self.sender, his);
        }
        taken.all = all;
        self.size = self.size.saturating_add(more);
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.of.taken();
        taken.all = taken.all.saturating_sub(self.size);
        if let Some(his) = taken.by.get_mut(&self.sender) {
            *his = his.saturating_sub(self.size);
            if *his == 0 {
                taken.by.remove(&self.sender);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_more_than_his_part_and_all_together_no_more_than_there_is() {
        let [ann, bob, eve] = [1, 2, 3].map(|last| IpAddr::from([10, 0, 0, last]));
        let shares = Shares::new(10, 4);
        let mut of_ann = shares.of(ann);
        assert!(of_ann.grow(3));
        assert!(!of_ann.grow(2), "she has 3 of 4");
        let mut again = shares.of(ann);
        assert!(again.grow(1));
        assert!(!again.grow(1), "it is hers, whatever she asks through");
        let mut of_bob = shares.of(bob);
        assert!(of_bob.grow(4));
        let mut of_eve = shares.of(eve);
        assert!(!of_eve.grow(3), "2 are left");
        drop(of_ann);
        assert!(of_eve.grow(3));
        drop((again, of_bob, of_eve));
        let taken = shares.taken();
        assert_eq!((taken.all, taken.by.len()), (0, 0));
    }
}
