//! What was applied and checked already: whoever judges the same certificates again and again need not hash everything again.

use std::collections::HashMap;
use std::sync::Arc;

use causeway_types::{Authority, Certificate, NetworkId, SettlementDomain};

use crate::apply::{Transition, apply};
use crate::authority::check_authority;
use crate::error::LedgerError;
use crate::state::State;
use crate::world::World;

/// Transitions that were made, with whose authority they were checked.
///
/// It changes no outcome: a transition is given again for the same certificate on the same state alone, compared as a whole, and an
/// authorisation counts for the authority that it was checked with. Only what was right is remembered.
#[derive(Debug, Default)]
pub struct Memory {
    /// By network and height; more than one where certificates compete.
    places: HashMap<(NetworkId, u64), Vec<Remembered>>,
    /// How often [`Memory::forget_unused`] was called.
    round: u64,
}

#[derive(Debug)]
struct Remembered {
    transition: Arc<Transition>,
    /// What it was checked with: the authority, the deployment, and whether the signer had approved it on L1.
    authorised: Option<(Authority, SettlementDomain, bool)>,
    /// The round in which it was last asked for.
    used: u64,
}

impl Memory {
    /// Of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many transitions there are.
    pub fn len(&self) -> usize {
        self.places.values().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// [`apply`], if it was not done before.
    ///
    /// # Errors
    /// As [`apply`].
    pub fn apply(
        &mut self,
        state: &State,
        certificate: &Certificate,
    ) -> Result<Arc<Transition>, LedgerError> {
        self.find(state, certificate)
            .map(|remembered| remembered.transition.clone())
    }

    /// [`check_authority`] with a network's authority in a world, if it was not done before.
    ///
    /// # Errors
    /// As [`check_authority`]; [`LedgerError::UnknownNetwork`].
    pub fn check_authority(&mut self, world: &World, transition: &Transition) -> Result<(), LedgerError> {
        let certificate = transition.certificate();
        let remembered = self.find(transition.before(), certificate)?;
        remembered.check_authority(world)
    }

    /// Both.
    pub(super) fn admit(
        &mut self,
        world: &World,
        state: &State,
        certificate: &Certificate,
    ) -> Result<Arc<Transition>, LedgerError> {
        let remembered = self.find(state, certificate)?;
        remembered.check_authority(world)?;
        Ok(remembered.transition.clone())
    }

    /// Forgets one.
    pub fn forget(&mut self, transition: &Transition) {
        let certificate = transition.certificate();
        let place = (certificate.network, certificate.height);
        if let Some(all) = self.places.get_mut(&place) {
            all.retain(|remembered| *remembered.transition != *transition);
            if all.is_empty() {
                self.places.remove(&place);
            }
        }
    }

    /// Forgets what nobody has asked for since this was called before.
    pub fn forget_unused(&mut self) {
        let round = self.round;
        self.places.retain(|_, all| {
            all.retain(|remembered| remembered.used == round);
            !all.is_empty()
        });
        self.round += 1;
    }

    fn find(&mut self, state: &State, certificate: &Certificate) -> Result<&mut Remembered, LedgerError> {
        let place = (certificate.network, certificate.height);
        let found = self.places.get(&place).and_then(|all| {
            all.iter().position(|remembered| {
                let transition = &remembered.transition;
                transition.before() == state && transition.certificate() == certificate
            })
        });
        let position = match found {
            Some(position) => position,
            None => {
                let transition = Arc::new(apply(state, certificate)?);
                let all = self.places.entry(place).or_default();
                all.push(Remembered {
                    transition,
                    authorised: None,
                    used: 0,
                });
                all.len() - 1
            }
        };
        let remembered = &mut self.places.entry(place).or_default()[position];
        remembered.used = self.round;
        Ok(remembered)
    }
}

impl Remembered {
    fn check_authority(&mut self, world: &World) -> Result<(), LedgerError> {
        let certificate = self.transition.certificate();
        let network = certificate.network;
        let known = world
            .network(network)
            .ok_or(LedgerError::UnknownNetwork { network })?;
        let (authority, domain) = (known.authority, *world.domain());
        let digest = self.transition.digest();
        let approved = world.is_approved(&authority, digest);
        if self.authorised != Some((authority, domain, approved)) {
            check_authority(&authority, certificate, digest, &domain, approved)?;
            self.authorised = Some((authority, domain, approved));
        }
        Ok(())
    }
}
