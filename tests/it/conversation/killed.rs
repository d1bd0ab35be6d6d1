//! The same with a process that is killed.
