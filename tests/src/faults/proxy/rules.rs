//! Which calls meet which fault.

use std::time::Duration;

/// What a call meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is answered so much later.
    Delay(Duration),
    /// It is never answered.
    Hang,
    /// The connection is closed before the node hears of it.
    DropBefore,
    /// The node does what it is asked, and the connection is closed without its answer.
    DropAfter,
    /// A status and nothing else.
    Status(u16),
    /// A page for people, as of a gateway.
    Html,
    /// Half of the answer.
    Truncated,
    /// A refusal.
    Error {
        /// Its code.
        code: i64,
        /// Its words.
        message: String,
        /// What comes with them.
        data: Option<String>,
    },
    /// A null.
    Null,
    /// A transaction is answered with its hash and kept from the node: it waits in a pool that makes no blocks.
    Hold,
}

impl Fault {
    /// A refusal without anything beside it.
    pub fn refusal(code: i64, message: &str) -> Self {
        Self::Error {
            code,
            message: message.to_owned(),
            data: None,
        }
    }
}

#[derive(Debug)]
struct Rule {
    method: String,
    fault: Fault,
    left: Option<u64>,
}

/// Rules; of those that fit a call the oldest counts.
#[derive(Debug, Default)]
pub(super) struct Rules(Vec<Rule>);

impl Rules {
    pub(super) fn add(&mut self, method: &str, fault: Fault, times: Option<u64>) {
        self.0.push(Rule {
            method: method.to_owned(),
            fault,
            left: times,
        });
    }

    /// What the next call of a method meets.
    pub(super) fn next(&mut self, method: &str) -> Option<Fault> {
        let fits = |rule: &Rule| (rule.method == "*" || rule.method == method) && rule.left != Some(0);
        let rule = self.0.iter_mut().find(|rule| fits(rule))?;
        if let Some(left) = &mut rule.left {
            *left -= 1;
        }
        Some(rule.fault.clone())
    }
}
