//! The disk.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use causeway_journal::Journal;

use super::{LIMIT, one, one_each, settle_one};
use crate::faults::kit::Kit;
use crate::faults::relayer::Relayer;

/// The exit code of a relayer whose journal is not one that it may go on with.
const REFUSED: i32 = 5;

/// How long it may take to say so.
const SOON: Duration = Duration::from_secs(10);

async fn end(kit: &mut Kit) -> Result<()> {
    let relayer = kit.relayer_mut()?;
    relayer.terminate()?;
    let status = relayer.wait(SOON).await?;
    ensure!(status.code() == Some(0), "asked to end, it ended with {status}");
    Ok(())
}

/// Copies the journal of a relayer that has ended, what it last wrote included, into one file.
fn copy(kit: &Kit) -> Result<PathBuf> {
    let to = kit.folder().join("copy.db");
    Journal::open_read_only(&kit.places().journal())?.back_up(&to)?;
    Ok(to)
}

/// Puts a copy where the journal is.
fn put_back(kit: &Kit, copy: &Path) -> Result<()> {
    for suffix in ["-wal", "-shm"] {
        // The copy is whole without them.
        let _ = fs::remove_file(kit.folder().join(format!("relayer.db{suffix}")));
    }
    fs::copy(copy, kit.places().journal())?;
    Ok(())
}

async fn refuses(kit: &mut Kit, what: &str) -> Result<()> {
    kit.start_failing("")?;
    let status = kit
        .relayer_mut()?
        .wait(SOON)
        .await
        .with_context(|| what.to_owned())?;
    ensure!(status.code() == Some(REFUSED), "{what}: it ended with {status}");
    Ok(())
}

/// The file is damaged where it begins: it is refused, and a copy brings everything back.
pub(super) async fn damaged(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    end(kit).await?;
    let copy = copy(kit)?;
    put_back(kit, &copy)?;
    let mut file = fs::OpenOptions::new().write(true).open(kit.places().journal())?;
    file.seek(SeekFrom::Start(20))?;
    file.write_all(&[0x5a; 3_000])?;
    drop(file);
    refuses(kit, "the file is damaged").await?;
    put_back(kit, &copy)?;
    kit.start().await?;
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// Nothing can be written: nothing is taken in and nothing is broadcast, until there is room again.
pub(super) async fn disk_full(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    kit.relayer()?.limit_files(Some(4_096))?;
    let made = one(kit)?;
    let answer = kit.relayer()?.submit(&made.json()).await?;
    ensure!(
        answer.status == 503 && answer.body["code"] == "storage",
        "nothing can be kept, and it says {} {}",
        answer.status,
        answer.body
    );
    kit.until("it says that it is not ready", LIMIT, async |kit: &Kit| {
        Ok(kit.relayer()?.get("/readyz").await?.status == 503)
    })
    .await?;
    let sent = kit.sent().len();
    for _ in 0..10 {
        kit.mine(1).await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    ensure!(
        kit.sent().len() == sent,
        "something was broadcast that could not be kept"
    );
    ensure!(kit.relayer_mut()?.is_running()?, "it fell");
    kit.relayer()?.limit_files(None)?;
    kit.submit(&made).await?;
    kit.finish(LIMIT).await
}

/// A copy from before three settlements is put back: what L1 shows is adopted, nothing is settled twice.
pub(super) async fn old_backup(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    end(kit).await?;
    let copy = copy(kit)?;
    kit.start().await?;
    let mut later = Vec::new();
    for _ in 0..3 {
        let made = one_each(kit)?;
        kit.submit_all(&made).await?;
        kit.until_final(LIMIT).await?;
        later.extend(made);
    }
    end(kit).await?;
    put_back(kit, &copy)?;
    kit.start().await?;
    // Its networks hand in what is not here: L1 has it.
    kit.submit_all(&later).await?;
    kit.until_final(LIMIT).await?;
    let made = one_each(kit)?;
    kit.submit_all(&made).await?;
    kit.finish(LIMIT).await
}

/// Another process has the journal: the second one ends, the first goes on.
pub(super) async fn second_instance(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    let mut second = Relayer::start(kit.places(), "")?;
    let status = second.wait(SOON).await?;
    ensure!(
        status.code() == Some(REFUSED),
        "the second one ended with {status}"
    );
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}

/// The journal was written for another settlement contract.
pub(super) async fn other_deployment(kit: &mut Kit) -> Result<()> {
    kit.start().await?;
    settle_one(kit).await?;
    end(kit).await?;
    let config = kit.places().config();
    let text = fs::read_to_string(&config)?;
    let ours = kit.devnet().deployment().settlement.to_string();
    // The gateway has code as well, and is no settlement.
    let other = kit.devnet().deployment().gateway.to_string();
    fs::write(&config, text.replace(&ours, &other))?;
    refuses(kit, "the journal is of another deployment").await?;
    kit.write_config()?;
    kit.start().await?;
    settle_one(kit).await?;
    kit.finish(LIMIT).await
}
