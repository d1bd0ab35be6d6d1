//! A case, and many of them.

use std::{
    any::Any,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};

use crate::{
    corpus::Corpus,
    garble::garble,
    mutate::mutate,
    targets::{self, World},
};

/// Cases one thread takes at a time.
const LOT: u64 = 1_000;

/// Everything a case needs besides its seed and its number.
pub struct Fuzzer {
    corpus: Corpus,
    world: World,
}

/// A case that panicked, or broke what must hold.
#[derive(Debug)]
pub struct Failure {
    /// Its number.
    pub number: u64,
    /// What was wrong.
    pub what: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Fuzzer {
    /// Reads the corpus.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn new() -> io::Result<Self> {
        let world = World::new().ok_or_else(|| io::Error::other("the world can't be made"))?;
        Ok(Self { corpus: Corpus::read()?, world })
    }

    /// How many shapes the corpus has.
    pub fn shapes(&self) -> usize {
        self.corpus.shapes.len()
    }

    /// The body of a case.
    pub fn body_of(&self, seed: u64, number: u64) -> Vec<u8> {
        self.body(&mut chance(seed, number), number)
    }

    /// Runs one case.
    ///
    /// # Errors
    /// When it panics or breaks what must hold.
    pub fn case(&self, seed: u64, number: u64) -> Result<(), Failure> {
        let mut random = chance(seed, number);
        let body = self.body(&mut random, number);
        let checked = catch_unwind(AssertUnwindSafe(|| {
            targets::body(&mut random, &self.world, &body)?;
            targets::loose(&mut random, &self.world)
        }));
        let what = match checked {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(what)) => what,
            Err(panic) => format!("panicked: {}", message_of(panic.as_ref())),
        };
        Err(Failure { number, what, body })
    }

    /// Runs cases from number 0 on with several threads; stops at the first that fails.
    ///
    /// # Errors
    /// The case that failed.
    pub fn cases(&self, seed: u64, count: u64, threads: usize) -> Result<(), Failure> {
        let (next, failure) = (AtomicU64::new(0), Mutex::new(None));
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let from = next.fetch_add(LOT, Ordering::Relaxed);
                        let lot = from..count.min(from.saturating_add(LOT));
                        if lot.is_empty() {
                            return;
                        }
                        let run = |number| self.case(seed, number).err();
                        if let Some(failed) = lot.into_iter().find_map(run) {
                            next.store(count, Ordering::Relaxed);
                            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failed);
                            return;
                        }
                    }
                });
            }
        });
        let failure = failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        failure.map_or(Ok(()), Err)
    }

    /// A shape as it is, changed as JSON, changed as bytes, or both.
    fn body(&self, random: &mut StdRng, number: u64) -> Vec<u8> {
        let shapes = &self.corpus.shapes;
        if let Some(shape) = usize::try_from(number).ok().and_then(|number| shapes.get(number)) {
            return shape.to_string().into_bytes();
        }
        let mut shape = shapes.choose(random).cloned().unwrap_or_default();
        let way = random.random_range(0..8);
        if way > 1 {
            mutate(random, &self.corpus, &mut shape);
        }
        let mut bytes = shape.to_string().into_bytes();
        if way < 3 {
            let other = shapes.choose(random).cloned().unwrap_or_default().to_string();
            garble(random, &mut bytes, other.as_bytes());
        }
        bytes
    }
}

/// All chance of a case. Spread over all seeds, so that neighbours have nothing in common.
fn chance(seed: u64, number: u64) -> StdRng {
    StdRng::seed_from_u64(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
