//! The seats of a [listener](super): who sits where, and who goes when there is none left.

use std::{
    collections::BTreeMap,
    io::{IoSlice, Result},
    ops::Deref,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use super::Terms;

/// A connection's place among the others.
#[derive(Debug)]
pub struct Seat {
    doing: Mutex<Doing>,
    is_known: AtomicBool,
    leave: CancellationToken,
}

/// What a connection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// It was made and has sent nothing yet, or it sends a head.
    Asking { since: Instant },
    /// A request is being answered.
    Served,
    /// The last answer is given.
    Resting { since: Instant },
}

impl Seat {
    fn new() -> Self {
        Self {
            doing: Mutex::new(Doing::Asking { since: Instant::now() }),
            is_known: AtomicBool::new(false),
            leave: CancellationToken::new(),
        }
    }

    /// Who sits here has shown a secret of ours.
    pub fn is_known_now(&self) {
        self.is_known.store(true, Ordering::Relaxed);
    }

    /// Its request is answered as long as the result lives.
    pub(super) fn serve(&self) -> Service<'_> {
        *self.doing() = Doing::Served;
        Service(self)
    }

    pub(super) fn is_served(&self) -> bool {
        *self.doing() == Doing::Served
    }

    /// Until when it may go on as it does. A request's time is kept by whoever answers it.
    pub(super) fn deadline(&self, terms: &Terms) -> Instant {
        match *self.doing() {
            Doing::Asking { since } => since + terms.head,
            Doing::Resting { since } => since + terms.rest,
            Doing::Served => Instant::now() + terms.rest,
        }
    }

    /// Waits until the seat is given to somebody else.
    pub(super) fn leaves(&self) -> WaitForCancellationFuture<'_> {
        self.leave.cancelled()
    }

    /// The first byte of a head ends a rest.
    fn heard(&self) {
        let mut doing = self.doing();
        if let Doing::Resting { .. } = *doing {
            *doing = Doing::Asking { since: Instant::now() };
        }
    }

    fn is_stranger(&self) -> bool {
        !self.is_known.load(Ordering::Relaxed) && !self.is_served()
    }

    fn rested(&self) -> Option<Duration> {
        match *self.doing() {
            Doing::Resting { since } => Some(since.elapsed()),
            Doing::Asking { .. } | Doing::Served => None,
        }
    }

    fn doing(&self) -> MutexGuard<'_, Doing> {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request being answered.
pub(super) struct Service<'a>(&'a Seat);

impl Drop for Service<'_> {
    fn drop(&mut self) {
        *self.0.doing() = Doing::Resting { since: Instant::now() };
    }
}

/// All seats of one listener.
pub(super) struct House {
    limit: usize,
    seats: Mutex<Seats>,
}

#[derive(Default)]
struct Seats {
    next: u64,
    /// In the order of coming.
    taken: BTreeMap<u64, Arc<Seat>>,
}

impl Seats {
    /// Who goes first: the one longest here of those who never showed a secret, then the one that
    /// has rested longest.
    fn give_up_one(&mut self) -> bool {
        let stranger = self.taken.iter().find(|(_, seat)| seat.is_stranger()).map(|(id, _)| *id);
        let id = stranger.or_else(|| {
            let resting = |(id, seat): (&u64, &Arc<Seat>)| Some((seat.rested()?, *id));
            self.taken.iter().filter_map(resting).max().map(|(_, id)| id)
        });
        let seat = id.and_then(|id| self.taken.remove(&id));
        seat.inspect(|seat| seat.leave.cancel()).is_some()
    }
}

impl House {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, seats: Mutex::default() })
    }

    /// A seat for a newcomer; none where every one has a request being answered.
    pub(super) fn seat(house: &Arc<Self>) -> Option<Taken> {
        let mut seats = house.seats();
        while seats.taken.len() >= house.limit {
            if !seats.give_up_one() {
                return None;
            }
        }
        let (id, seat) = (seats.next, Arc::new(Seat::new()));
        seats.next += 1;
        seats.taken.insert(id, Arc::clone(&seat));
        Some(Taken { house: Arc::clone(house), id, seat })
    }

    /// Takes a seat back where the system has nothing left for newcomers.
    pub(super) fn free_one(house: &Arc<Self>) {
        house.seats().give_up_one();
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A seat that is free again when this is dropped.
pub(super) struct Taken {
    house: Arc<House>,
    id: u64,
    seat: Arc<Seat>,
}

impl Deref for Taken {
    type Target = Arc<Seat>;

    fn deref(&self) -> &Arc<Seat> {
        &self.seat
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.house.seats().taken.remove(&self.id);
    }
}

/// A stream that tells its seat when something was heard.
pub(super) struct Heard {
    stream: TcpStream,
    seat: Arc<Seat>,
}

impl Heard {
    pub(super) fn new(stream: TcpStream, seat: Arc<Seat>) -> Self {
        Self { stream, seat }
    }
}

impl AsyncRead for Heard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        let done = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.seat.heard();
        }
        done
    }
}

impl AsyncWrite for Heard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_house_sends_strangers_away_first_and_nobody_who_is_served() {
        let house = House::new(3);
        let seat = || House::seat(&house);
        let (telegram, stranger, served) = (seat().unwrap(), seat().unwrap(), seat().unwrap());
        telegram.is_known_now();
        drop(telegram.serve());
        let _service = served.serve();
        let newcomer = seat().unwrap();
        assert!(stranger.leave.is_cancelled() && !telegram.leave.is_cancelled());
        let _answering = newcomer.serve();
        let other = seat().unwrap();
        assert!(telegram.leave.is_cancelled() && !newcomer.leave.is_cancelled());
        let _serving = other.serve();
        assert!(seat().is_none());
        drop(served.serve());
        assert!(seat().is_some());
    }

    #[test]
    fn a_seat_is_free_when_its_holder_is_gone() {
        let house = House::new(1);
        drop(House::seat(&house));
        assert!(house.seats().taken.is_empty());
    }
}
