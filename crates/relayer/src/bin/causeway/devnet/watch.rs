//! Where certificates stand, as it changes.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::Value;

use super::town::Town;

/// No epoch takes longer on a machine that has the memory.
const LIMIT: Duration = Duration::from_secs(1_800);

impl Town<'_> {
    async fn get(&self, path: &str) -> Result<Value> {
        let url = format!("http://{}{path}", self.relayer);
        Ok(self.client.get(url).send().await?.json().await?)
    }

    /// Waits until the relayer answers and has read L1.
    pub(super) async fn wait_until_ready(&self) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < LIMIT {
            if let Ok(networks) = self.get("/v1/networks").await
                && networks["networks"].as_array().is_some_and(|all| all.len() == 2)
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        bail!("the relayer does not answer")
    }

    /// Waits until certificates are final, and tells where each stands whenever that changes.
    pub(super) async fn wait_until_final(&self, certificates: &[(String, String)]) -> Result<()> {
        let began = Instant::now();
        let mut last = vec![String::new(); certificates.len()];
        let mut stage = String::new();
        loop {
            let mut done = 0;
            for (place, (name, id)) in certificates.iter().enumerate() {
                let certificate = self.get(&format!("/v1/certificates/{id}")).await?;
                let standing = certificate["standing"].as_str().unwrap_or_default().to_owned();
                let tier = certificate["tier"].as_str().unwrap_or_default();
                if last[place] != standing {
                    let seconds = began.elapsed().as_secs();
                    println!("   {seconds:>4} s  {name} is {standing} ({tier})");
                }
                match standing.as_str() {
                    "finalized" => done += 1,
                    "rejected" | "expired" | "superseded" => {
                        bail!("{name} is {standing}: {}", certificate["reason"]);
                    }
                    _ => {}
                }
                last[place] = standing;
            }
            if done == certificates.len() {
                println!();
                return Ok(());
            }
            self.tell_stage(certificates, &mut stage, began).await?;
            if began.elapsed() > LIMIT {
                bail!("it takes longer than {LIMIT:?}");
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// What the prover is at.
    async fn tell_stage(
        &self,
        certificates: &[(String, String)],
        last: &mut String,
        began: Instant,
    ) -> Result<()> {
        for (_, id) in certificates {
            let told = self.get(&format!("/v1/certificates/{id}/explain")).await?;
            let Some(causes) = told["causes"].as_array() else {
                continue;
            };
            let proof = causes.iter().find(|cause| cause["code"] == "proof_leased");
            let Some(detail) = proof.and_then(|cause| cause["detail"].as_str()) else {
                continue;
            };
            if detail != last {
                println!("   {:>4} s    {detail}", began.elapsed().as_secs());
                detail.clone_into(last);
            }
            return Ok(());
        }
        Ok(())
    }
}
