//! `cobro graph`
