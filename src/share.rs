//! Work that several threads share.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::world::World;

/// What `work` makes of the items, in their order. It is given `most` of them at a time, or fewer if
/// some threads would have nothing to do.
pub fn share<T: Sync, R: Send + Sync>(
    items: &[T],
    most: usize,
    world: &dyn World,
    work: impl Fn(&[T]) -> Vec<R> + Sync,
) -> impl Iterator<Item = R> {
    let cpus = if items.len() < 2 { 1 } else { world.cpus().unwrap_or(1) };
    let parts = items.chunks((items.len() / cpus / 16).clamp(1, most.max(1)));
    let done: Vec<_> = parts.clone().map(|part| (part, OnceLock::new())).collect();
    let next = AtomicUsize::new(0);
    run(cpus.min(done.len()), &|| {
        while let Some((part, done)) = done.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.get_or_init(|| work(part));
        }
    });
    done.into_iter().filter_map(|(_, done)| done.into_inner()).flatten()
}

/// Runs the same on several threads, this one among them.
fn run(threads: usize, work: &(dyn Fn() + Sync)) {
    if threads < 2 {
        return work();
    }
    // The allocator of glibc asks the system for every page of a thread other than the first, and
    // gives what is free back at once, unless something as large as this was freed before.
    take_and_free(8 << 20);
    std::thread::scope(|scope| {
        for _ in 1..threads {
            let work = || {
                take_and_free(1 << 20);
                work();
            };
            // Where no more threads may be had, this one does it all.
            let _ = std::thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
}

fn take_and_free(bytes: usize) {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(bytes)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Memory;

    #[test]
    fn all_in_order() {
        for (cpus, count) in [(1, 5), (2, 0), (2, 1), (3, 2), (3, 1000), (64, 100)] {
            let world = Memory { cpus: Some(cpus), ..Memory::default() };
            let items: Vec<_> = (0..count).collect();
            let done = share(&items, 8, &world, |some| {
                assert!(some.len() <= 8);
                some.iter().map(|item| item * 2).collect()
            });
            assert!(done.eq(items.iter().map(|item| item * 2)), "{cpus} {count}");
        }
    }
}
