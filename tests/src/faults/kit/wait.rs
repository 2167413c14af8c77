//! Handing in, and waiting for what should become of it.

use std::time::{Duration, Instant};

use alloy_primitives::B256;
use anyhow::{Result, bail, ensure};

use super::{ALIVE, Kit};
use crate::faults::certificates::Made;

/// Between two looks at whatever is waited for.
const LOOK: Duration = Duration::from_millis(150);

impl Kit {
    /// Hands in a certificate that should settle.
    ///
    /// # Errors
    /// If it is not taken in.
    pub async fn submit(&mut self, made: &Made) -> Result<()> {
        let began = Instant::now();
        let answer = loop {
            let answer = self.relayer()?.hand_in(made).await?;
            // Whoever just began has not read L1 yet, and says so.
            let is_early = answer.status == 503 && answer.body["class"] == "retry";
            if !is_early || began.elapsed() > ALIVE {
                break answer;
            }
            if self.mining {
                self.mine(1).await?;
            }
            tokio::time::sleep(LOOK).await;
        };
        ensure!(
            matches!(answer.status, 200..=202),
            "{:?} is not taken in: {} {}",
            (made.network(), made.certificate.height),
            answer.status,
            answer.body
        );
        self.expect(made);
        Ok(())
    }

    /// Hands in a certificate that should settle, once; whether it was taken in. Whoever does not answer takes nothing in.
    pub async fn offer(&mut self, made: &Made) -> bool {
        self.expect(made);
        let Ok(relayer) = self.relayer() else {
            return false;
        };
        let answer = relayer.hand_in(made).await;
        answer.is_ok_and(|answer| matches!(answer.status, 200..=202))
    }

    /// Hands in certificates that should settle.
    ///
    /// # Errors
    /// If one is not taken in.
    pub async fn submit_all(&mut self, made: &[Made]) -> Result<()> {
        for made in made {
            self.submit(made).await?;
        }
        Ok(())
    }

    /// Makes a block.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn mine(&self, blocks: u64) -> Result<()> {
        for network in self.destinations().into_iter().skip(1) {
            if let Some(node) = self.devnet.node(network) {
                node.mine(blocks).await?;
            }
        }
        Ok(self.devnet.l1().node().mine(blocks).await?)
    }

    /// Waits until something is so, making blocks all the while. What cannot be asked yet is not so yet.
    ///
    /// # Errors
    /// If it is not so after this time, with what was last in its way.
    pub async fn until(
        &self,
        what: &str,
        limit: Duration,
        mut is_so: impl AsyncFnMut(&Self) -> Result<bool>,
    ) -> Result<()> {
        let began = Instant::now();
        loop {
            let last = match is_so(self).await {
                Ok(true) => return Ok(()),
                Ok(false) => None,
                Err(error) => Some(error),
            };
            if began.elapsed() > limit {
                match last {
                    Some(error) => return Err(error.context(format!("not in {limit:?}: {what}"))),
                    None => bail!("not in {limit:?}: {what}"),
                }
            }
            if self.mining {
                // As many as make things final in a few looks.
                self.mine(1 + self.options.slots_in_an_epoch / 4).await?;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until certificates stand somewhere.
    ///
    /// # Errors
    /// If one of them does not, with where it stands and why.
    pub async fn until_standing(&self, ids: &[B256], wanted: &[&str], limit: Duration) -> Result<()> {
        for &id in ids {
            let what = format!("{id} is {}", wanted.join(" or "));
            let waited = self
                .until(&what, limit, async |kit: &Self| {
                    let standing = kit.relayer()?.standing(id).await?;
                    Ok(wanted.contains(&standing.as_str()))
                })
                .await;
            if let Err(error) = waited {
                let known = self
                    .relayer()?
                    .certificate(id)
                    .await
                    .ok()
                    .flatten()
                    .unwrap_or_default();
                return Err(error.context(format!(
                    "it is {} because of {}",
                    known["standing"], known["reason"]
                )));
            }
        }
        Ok(())
    }

    /// Waits until everything that should settle is final.
    ///
    /// # Errors
    /// If something is not.
    pub async fn until_final(&self, limit: Duration) -> Result<()> {
        let ids: Vec<_> = self.expected.iter().map(|made| made.id).collect();
        self.until_standing(&ids, &["finalized"], limit).await
    }

    /// Waits until all is settled, and looks whether everything is as it has to be.
    ///
    /// # Errors
    /// If it is not.
    pub async fn finish(&self, limit: Duration) -> Result<()> {
        self.until_final(limit).await?;
        self.check_invariants().await
    }
}
