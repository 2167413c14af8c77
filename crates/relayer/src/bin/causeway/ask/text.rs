//! Answers as text: columns, times, and fields that may not be there.

use std::time::SystemTime;

use serde_json::Value;

/// A field as text: nothing if it is not there.
pub(crate) fn field(value: &Value, name: &str) -> String {
    match value.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The items of a list; none if it is not there.
pub(crate) fn items<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Rows under headings, in columns.
pub(crate) fn table<const N: usize>(
    headings: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let rows: Vec<_> = std::iter::once(headings.map(str::to_owned)).chain(rows).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line += &format!("{cell:<width$}  ");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// A point in time, as people in Greenwich write it.
pub(crate) fn time(value: &Value, name: &str) -> String {
    value
        .get(name)
        .and_then(Value::as_u64)
        .map_or_else(String::new, date)
}

/// How long something has been so.
pub(crate) fn since(value: &Value, name: &str) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
    let then = value.get(name).and_then(Value::as_u64);
    then.map_or_else(String::new, |then| span(now.saturating_sub(then) / 1_000))
}

/// Seconds, in the two greatest units that they have.
fn span(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m {}s", seconds % 60),
        (0, ..) => format!("{hours}h {minutes}m"),
        _ => format!("{days}d {hours}h"),
    }
}

/// Milliseconds since 1970 as a date. Years begin in March here, so that a leap day is a year's last one.
fn date(millis: u64) -> String {
    let (seconds, days) = (millis / 1_000 % 86_400, millis / 86_400_000 + 719_468);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = year + era * 400 + next;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01 00:00:00Z");
        assert_eq!(date(951_782_400_000), "2000-02-29 00:00:00Z");
        assert_eq!(date(1_700_000_000_999), "2023-11-14 22:13:20Z");
        assert_eq!(date(4_107_542_399_000), "2100-02-28 23:59:59Z");
        assert_eq!(date(4_107_542_400_000), "2100-03-01 00:00:00Z");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest() {
        let rows = [
            ["1".to_owned(), "settled".to_owned()],
            ["200".to_owned(), String::new()],
        ];
        assert_eq!(
            table(["id", "standing"], rows),
            "id   standing\n1    settled\n200\n"
        );
    }

    #[test]
    fn spans_have_two_units() {
        assert_eq!(
            [5, 65, 3_700, 90_000].map(span),
            ["5s", "1m 5s", "1h 1m", "1d 1h"]
        );
    }
}
