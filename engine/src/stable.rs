//! A hash that is the same on every machine and in every release: what is drawn by it stays drawn.
//!
//! In: text and numbers. Out: 64 bits, spread evenly. Absent: secrets; anybody may know what comes out.

/// FNV-1a over some texts, with a byte between them that no text has.
pub fn hash<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for (at, text) in texts.into_iter().enumerate() {
        if at > 0 {
            take(0xff);
        }
        text.bytes().for_each(&mut take);
    }
    hash
}

/// Spreads the bits of a number over all of it (the finish of SplitMix64).
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
