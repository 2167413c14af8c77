//! The first few values of a list or an object, as text, and how many there are: the rest takes no memory.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The first few values of a list or an object.
#[derive(Debug)]
pub(super) struct Few<'a> {
    kept: Vec<(Option<String>, &'a RawValue)>,
    /// How many there are.
    pub(super) count: usize,
}

impl<'a> Few<'a> {
    /// So many of a list, if it is one.
    pub(super) fn list(of: &'a RawValue, most: usize) -> Option<Self> {
        let mut read = serde_json::Deserializer::from_str(of.get());
        let is_list = of.get().starts_with('[');
        is_list
            .then(|| read.deserialize_seq(Keep { most }).ok())
            .flatten()
    }

    /// So many of an object, if it is one, by their names.
    pub(super) fn named(of: &'a RawValue, most: usize) -> Option<Self> {
        let mut read = serde_json::Deserializer::from_str(of.get());
        let is_object = of.get().starts_with('{');
        is_object
            .then(|| read.deserialize_map(Keep { most }).ok())
            .flatten()
    }

    /// Those that are kept.
    pub(super) fn values(&self) -> impl Iterator<Item = &'a RawValue> {
        self.kept.iter().map(|(_, value)| *value)
    }

    /// The one of a name; of two that share it the last.
    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let mut all = self.kept.iter().rev();
        let found = all.find(|(known, _)| known.as_deref() == Some(name));
        found.map(|(_, value)| *value)
    }

    /// The first one of a list, or the one of this name.
    pub(super) fn by_place_or(&self, name: &str) -> Option<&'a RawValue> {
        match self.kept.first()? {
            (None, value) => Some(value),
            (Some(_), _) => self.get(name),
        }
    }
}

struct Keep {
    most: usize,
}

impl<'a> Visitor<'a> for Keep {
    type Value = Few<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<Few<'a>, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < self.most {
            match list.next_element::<&'a RawValue>()? {
                Some(value) => kept.push((None, value)),
                None => break,
            }
        }
        let mut count = kept.len();
        while list.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Few { kept, count })
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Few<'a>, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < self.most {
            match map.next_entry::<String, &'a RawValue>()? {
                Some((name, value)) => kept.push((Some(name), value)),
                None => break,
            }
        }
        let mut count = kept.len();
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Few { kept, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> &RawValue {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn the_first_are_kept_and_all_are_counted() {
        let list = Few::list(raw("[1, [2], {}, 4]"), 2).expect("a list");
        let kept: Vec<_> = list.values().map(RawValue::get).collect();
        assert_eq!((kept, list.count), (vec!["1", "[2]"], 4));
        assert!(Few::list(raw("{}"), 2).is_none());
        let named = Few::named(raw(r#"{"a": 1, "b": 2, "b": 3}"#), 8).expect("an object");
        assert_eq!(named.count, 3);
        assert_eq!(named.get("b").map(RawValue::get), Some("3"));
        assert!(named.get("c").is_none());
        assert!(Few::named(raw("[]"), 2).is_none());
        assert_eq!(list.by_place_or("a").map(RawValue::get), Some("1"));
        assert!(named.by_place_or("c").is_none());
    }
}
