-- Times are unix milliseconds, 256-bit values blobs of 32 bytes, addresses blobs of 20, amounts of wei decimal text.
-- The partial unique indexes are the last line of defence: what they forbid would cost money.

CREATE TABLE meta(
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- seq is the order of arrival. id is keccak256 of payload, which is all of the certificate; lxly_id leaves out Causeway's fields and every
-- authorisation; digest is what the network authorises, known once its predecessors are.
CREATE TABLE certificates(
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  id          BLOB NOT NULL UNIQUE CHECK(length(id) = 32),
  lxly_id     BLOB NOT NULL CHECK(length(lxly_id) = 32),
  network     INTEGER NOT NULL CHECK(network > 0),
  height      INTEGER NOT NULL CHECK(height >= 0),
  digest      BLOB CHECK(length(digest) = 32),
  standing    TEXT NOT NULL CHECK(standing IN ('waiting', 'accepted', 'proven', 'confirmed', 'assigned', 'settled',
              'finalized', 'rejected', 'expired', 'superseded')),
  code        TEXT,
  class       TEXT CHECK(class IN ('retry', 'rebuild', 'wait', 'operator')),
  detail      TEXT,
  payload     BLOB NOT NULL,
  source      TEXT NOT NULL,
  deadline    INTEGER,
  received_at INTEGER NOT NULL,
  standing_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX certificate_one_live_per_height ON certificates(network, height)
  WHERE standing NOT IN ('rejected', 'expired', 'superseded');
CREATE INDEX certificate_by_standing ON certificates(standing, seq);
CREATE INDEX certificate_by_height ON certificates(network, height);
CREATE INDEX certificate_by_lxly_id ON certificates(lxly_id, seq);

-- The proof that a network which proves its own certificates made of one, as it came. digest is what it proves: a certificate has another
-- one if its predecessor is replaced. It stands before the bytes, so that reading it does not read those.
CREATE TABLE own_proofs(
  certificate BLOB PRIMARY KEY REFERENCES certificates(id),
  digest      BLOB NOT NULL CHECK(length(digest) = 32),
  bytes       BLOB NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;

-- An epoch stands on the commitment before it, so that only one can be open.
CREATE TABLE epochs(
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  standing    TEXT NOT NULL CHECK(standing IN ('proving', 'proven', 'settled', 'finalized', 'abandoned')),
  before      BLOB NOT NULL CHECK(length(before) = 32),
  after       BLOB NOT NULL CHECK(length(after) = 32),
  inputs      TEXT NOT NULL,
  submission  TEXT,
  code        TEXT,
  detail      TEXT,
  created_at  INTEGER NOT NULL,
  standing_at INTEGER NOT NULL,
  CHECK(standing IN ('proving', 'abandoned') OR submission IS NOT NULL)
) STRICT;
CREATE INDEX epoch_by_after ON epochs(after);
CREATE INDEX epoch_by_standing ON epochs(standing, id);
CREATE UNIQUE INDEX epoch_one_open ON epochs((1)) WHERE standing IN ('proving', 'proven');

CREATE TABLE epoch_certificates(
  epoch       INTEGER NOT NULL REFERENCES epochs(id),
  position    INTEGER NOT NULL,
  certificate BLOB NOT NULL REFERENCES certificates(id),
  active      INTEGER NOT NULL CHECK(active IN (0, 1)),
  PRIMARY KEY(epoch, position)
) STRICT;
CREATE UNIQUE INDEX certificate_in_one_active_epoch ON epoch_certificates(certificate) WHERE active = 1;

-- Work for a prover: subject is a certificate's id or an epoch's number. Who has it must say so again before its lease ends.
CREATE TABLE proofs(
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        TEXT NOT NULL CHECK(kind IN ('transition', 'epoch')),
  subject     TEXT NOT NULL,
  standing    TEXT NOT NULL CHECK(standing IN ('queued', 'leased', 'done', 'failed')),
  holder      TEXT,
  lease_until INTEGER,
  tries       INTEGER NOT NULL DEFAULT 0,
  due         INTEGER NOT NULL,
  stage       TEXT,
  detail      TEXT,
  created_at  INTEGER NOT NULL,
  standing_at INTEGER NOT NULL,
  CHECK((standing = 'leased') = (lease_until IS NOT NULL AND holder IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX proof_one_per_subject ON proofs(kind, subject) WHERE standing <> 'failed';
CREATE INDEX proof_by_standing ON proofs(standing, due);

-- What was proven, in the prover's own bytes; there before its proof is done.
CREATE TABLE proof_results(
  proof INTEGER PRIMARY KEY REFERENCES proofs(id),
  bytes BLOB NOT NULL
) STRICT;

-- What is to happen on a chain, once; each signed transaction for it is an attempt.
CREATE TABLE jobs(
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        TEXT NOT NULL CHECK(kind IN ('settle', 'reserve', 'withdraw', 'claim', 'push', 'cancel')),
  subject     TEXT NOT NULL,
  chain       INTEGER NOT NULL,
  wallet      BLOB NOT NULL CHECK(length(wallet) = 20),
  target      BLOB NOT NULL CHECK(length(target) = 20),
  calldata    BLOB NOT NULL,
  value       TEXT NOT NULL,
  standing    TEXT NOT NULL CHECK(standing IN ('queued', 'live', 'included', 'finalized', 'adopted', 'failed', 'abandoned')),
  hold        TEXT CHECK(hold IN ('ceiling', 'budget', 'balance', 'paused', 'signer', 'endpoints', 'turn', 'simulation')),
  code        TEXT,
  detail      TEXT,
  due         INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  standing_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX job_one_live_per_subject ON jobs(kind, subject)
  WHERE standing NOT IN ('failed', 'abandoned');
CREATE INDEX job_by_standing ON jobs(standing, due);
CREATE INDEX job_by_subject ON jobs(kind, subject);

CREATE TABLE slots(
  chain    INTEGER NOT NULL,
  wallet   BLOB NOT NULL CHECK(length(wallet) = 20),
  nonce    INTEGER NOT NULL CHECK(nonce >= 0),
  job      INTEGER REFERENCES jobs(id),
  standing TEXT NOT NULL CHECK(standing IN ('reserved', 'mined', 'external')),
  PRIMARY KEY(chain, wallet, nonce),
  CHECK(standing = 'external' OR job IS NOT NULL)
) STRICT;
-- A job has one nonce at a time: another of its transactions could be mined beside the first.
CREATE UNIQUE INDEX job_holds_one_slot ON slots(job) WHERE standing = 'reserved';

CREATE TABLE attempts(
  hash        BLOB PRIMARY KEY CHECK(length(hash) = 32),
  job         INTEGER NOT NULL REFERENCES jobs(id),
  chain       INTEGER NOT NULL,
  wallet      BLOB NOT NULL CHECK(length(wallet) = 20),
  nonce       INTEGER NOT NULL,
  raw         BLOB NOT NULL,
  max_fee     TEXT NOT NULL,
  tip         TEXT NOT NULL,
  gas         INTEGER NOT NULL,
  signed_at   INTEGER NOT NULL,
  accepted_at INTEGER,
  sent_at     INTEGER,
  sends       INTEGER NOT NULL DEFAULT 0,
  outcome     TEXT CHECK(outcome IN ('success', 'revert', 'replaced')),
  block       INTEGER,
  block_hash  BLOB CHECK(block_hash IS NULL OR length(block_hash) = 32),
  gas_used    INTEGER,
  fee_paid    TEXT,
  CHECK((outcome IS NOT NULL AND outcome IN ('success', 'revert')) = (block_hash IS NOT NULL AND block IS NOT NULL)),
  FOREIGN KEY(chain, wallet, nonce) REFERENCES slots(chain, wallet, nonce)
) STRICT;
CREATE INDEX attempt_by_slot ON attempts(chain, wallet, nonce);
CREATE INDEX attempt_by_job ON attempts(job);
CREATE UNIQUE INDEX attempt_one_mined_per_nonce ON attempts(chain, wallet, nonce) WHERE outcome IN ('success', 'revert');

CREATE TABLE claims(
  origin       INTEGER NOT NULL,
  destination  INTEGER NOT NULL,
  deposit      INTEGER NOT NULL,
  global_index BLOB NOT NULL CHECK(length(global_index) = 32),
  standing     TEXT NOT NULL CHECK(standing IN ('seen', 'claimable', 'approved', 'refused', 'sending', 'claimed', 'failed')),
  leaf         TEXT NOT NULL,
  code         TEXT,
  detail       TEXT,
  tries        INTEGER NOT NULL DEFAULT 0,
  due          INTEGER NOT NULL DEFAULT 0,
  seen_at      INTEGER NOT NULL,
  standing_at  INTEGER NOT NULL,
  PRIMARY KEY(origin, destination, deposit)
) STRICT;
CREATE INDEX claim_by_standing ON claims(destination, standing);

-- The headers of a chain that its logs were read under, and the logs themselves: what a reorg takes away is found by them. digest is
-- keccak256 of log: what was damaged on the disk is read again of the chain.
CREATE TABLE headers(
  chain  INTEGER NOT NULL,
  number INTEGER NOT NULL,
  hash   BLOB NOT NULL CHECK(length(hash) = 32),
  parent BLOB NOT NULL CHECK(length(parent) = 32),
  PRIMARY KEY(chain, number)
) STRICT;
CREATE TABLE logs(
  chain      INTEGER NOT NULL,
  block      INTEGER NOT NULL,
  position   INTEGER NOT NULL,
  block_hash BLOB NOT NULL CHECK(length(block_hash) = 32),
  address    BLOB NOT NULL CHECK(length(address) = 20),
  log        TEXT NOT NULL,
  digest     BLOB NOT NULL CHECK(length(digest) = 32),
  PRIMARY KEY(chain, block, position)
) STRICT;
-- What the logs of a chain came to at a block, so that a start need not read them all again; digest is keccak256 of bytes.
CREATE TABLE snapshots(
  chain      INTEGER NOT NULL,
  block      INTEGER NOT NULL,
  block_hash BLOB NOT NULL CHECK(length(block_hash) = 32),
  digest     BLOB NOT NULL CHECK(length(digest) = 32),
  bytes      BLOB NOT NULL,
  PRIMARY KEY(chain, block)
) STRICT;
CREATE TABLE cursors(
  chain INTEGER NOT NULL,
  name  TEXT NOT NULL,
  block INTEGER NOT NULL,
  hash  BLOB NOT NULL CHECK(length(hash) = 32),
  PRIMARY KEY(chain, name)
) STRICT;

-- A scope is one of intake, proving, settlement, claims, or network:N.
CREATE TABLE pauses(
  scope  TEXT PRIMARY KEY,
  actor  TEXT NOT NULL,
  reason TEXT NOT NULL,
  since  INTEGER NOT NULL,
  until  INTEGER
) STRICT;

CREATE TABLE offences(
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  network INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,
  at      INTEGER NOT NULL
) STRICT;
CREATE INDEX offence_by_network ON offences(network, at);

CREATE TABLE audit(
  seq    INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL,
  actor  TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  reason TEXT NOT NULL,
  before TEXT,
  after  TEXT
) STRICT;

-- What happened, in the transaction in which it happened; whoever follows it misses nothing.
CREATE TABLE events(
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,
  body    TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_subject ON events(kind, subject, seq);

-- Rows that could not be read or made a task fail again and again: set aside, so that all others go on.
CREATE TABLE quarantine(
  source TEXT NOT NULL,
  row    INTEGER NOT NULL,
  error  TEXT NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY(source, row)
) STRICT;
