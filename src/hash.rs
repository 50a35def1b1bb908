//! Tables by name. The names come from the file, so whoever writes it must not be able to choose
//! names that all fall on one place; and a large file has tens of thousands of short ones, on which
//! the standard library's hash spends more than on anything else. This one folds products with a
//! random secret, as wyhash does.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

/// A table.
pub type HashMap<K, V> = std::collections::HashMap<K, V, Secret>;

/// A set.
pub type HashSet<T> = std::collections::HashSet<T, Secret>;

/// Two random numbers, the same for the whole run.
static SECRET: LazyLock<Secret> = LazyLock::new(|| {
    let random = RandomState::new();
    Secret(random.hash_one(0), random.hash_one(1))
});

/// What makes the hashes of one run differ from those of another.
#[derive(Clone, Copy, Debug)]
pub struct Secret(u64, u64);

impl Default for Secret {
    fn default() -> Self {
        *SECRET
    }
}

impl BuildHasher for Secret {
    type Hasher = Folded;
    fn build_hasher(&self) -> Folded {
        Folded { state: self.0, secret: self.1 }
    }
}

/// The hasher.
#[derive(Debug)]
pub struct Folded {
    state: u64,
    secret: u64,
}

impl Folded {
    fn add(&mut self, low: u64, high: u64) {
        let product = u128::from(self.state ^ low) * u128::from(self.secret ^ high);
        #[allow(clippy::cast_possible_truncation, reason = "each half is taken")]
        let (low, high) = (product as u64, (product >> 64) as u64);
        self.state = low ^ high;
    }
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        let (blocks, rest) = bytes.as_chunks::<16>();
        for block in blocks {
            let (low, high) = halves(*block);
            self.add(low, high);
        }
        // What is left of a block is read from both ends, which may overlap; its length tells
        // apart what then looks the same.
        let (low, high) = match (rest.first_chunk(), rest.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (rest.first_chunk(), rest.last_chunk()) {
                (Some(first), Some(last)) => {
                    (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
                }
                _ => (rest.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)), 0),
            },
        };
        self.add(low, high ^ (bytes.len() as u64).rotate_left(32));
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        self.add(value, 0);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

fn halves(block: [u8; 16]) -> (u64, u64) {
    let whole = u128::from_le_bytes(block);
    #[allow(clippy::cast_possible_truncation, reason = "each half is taken")]
    let halves = (whole as u64, (whole >> 64) as u64);
    halves
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::Hash;

    use super::*;

    fn all<T: Hash>(names: impl Iterator<Item = T>) -> (usize, usize, usize) {
        let (mut hashes, mut low, mut high) = (HashSet::new(), HashSet::new(), HashSet::new());
        for name in names {
            // Fixed, so that the test gives the same each time.
            let hash = Secret(0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344).hash_one(&name);
            hashes.insert(hash);
            low.insert(hash % 4096);
            high.insert(hash >> 52);
        }
        (hashes.len(), low.len(), high.len())
    }

    #[test]
    fn similar_names_fall_on_different_places() {
        let numbered = |n: u32| format!("registry-{n:05}.example.com:5000");
        let zeros = |n: u32| "\0".repeat(n as usize);
        let changed = |n: usize| {
            let mut bytes = [b'a'; 40];
            bytes[n % 40] = u8::try_from(n / 40).unwrap();
            bytes
        };
        for (names, count) in [
            (all((0..40_000).map(numbered)), 40_000),
            (all((0..4_000).map(zeros)), 4_000),
            (all(0..40_000), 40_000),
            (all((0..40_000).map(|n| (n % 200, n / 200))), 40_000),
            // Once for each place the array without a change.
            (all((0..10_240).map(changed)), 10_240 - 39),
        ] {
            let (hashes, low, high) = names;
            assert_eq!(hashes, count);
            // Chance leaves a third of the places empty where there are as many as names.
            let filled = 4096.min(count) / 2;
            assert!(low > filled && high > filled, "{low} {high} of {count}");
        }
    }

    #[test]
    fn another_secret_gives_other_places() {
        let same = |n: &u32| Secret(1, 2).hash_one(n) % 4096 == Secret(3, 4).hash_one(n) % 4096;
        assert!((0..4096).filter(same).count() < 64);
    }
}
