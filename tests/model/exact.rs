//! Exact fractions.

use std::cmp::Ordering;
use std::ops::{Add, Mul, Sub};

/// A fraction in lowest terms, its denominator above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ratio {
    n: i128,
    d: i128,
}

impl Ratio {
    pub(crate) const ZERO: Ratio = Ratio { n: 0, d: 1 };
    pub(crate) const ONE: Ratio = Ratio { n: 1, d: 1 };

    pub(crate) fn new(n: i128, d: i128) -> Ratio {
        let (mut a, mut b) = (n.abs(), d);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Ratio { n: n / a, d: d / a }
    }

    pub(crate) fn whole(n: i128) -> Ratio {
        Ratio { n, d: 1 }
    }

    /// One divided by it; it is above zero.
    pub(crate) fn inverse(self) -> Ratio {
        Ratio { n: self.d, d: self.n }
    }

    pub(crate) fn floor(self) -> i128 {
        self.n.div_euclid(self.d)
    }

    /// ⌊x + ½⌋
    pub(crate) fn nearest(self) -> i128 {
        (self + Ratio::new(1, 2)).floor()
    }
}

impl Ratio {
    /// The nearest whole number, of two the even one.
    pub(crate) fn half_even(self) -> i128 {
        let floor = self.floor();
        match (self - Ratio::whole(floor)).cmp(&Ratio::new(1, 2)) {
            Ordering::Less => floor,
            Ordering::Greater => floor + 1,
            Ordering::Equal => floor + floor.rem_euclid(2),
        }
    }
}

impl Add for Ratio {
    type Output = Ratio;

    fn add(self, other: Ratio) -> Ratio {
        Ratio::new(self.n * other.d + other.n * self.d, self.d * other.d)
    }
}

impl Sub for Ratio {
    type Output = Ratio;

    fn sub(self, other: Ratio) -> Ratio {
        self + Ratio { n: -other.n, d: other.d }
    }
}

impl Mul for Ratio {
    type Output = Ratio;

    fn mul(self, other: Ratio) -> Ratio {
        Ratio::new(self.n * other.n, self.d * other.d)
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Ratio) -> Ordering {
        (self.n * other.d).cmp(&(other.n * self.d))
    }
}

/// Whole amounts near the exact ones that sum to `whole`: the largest remainders are rounded up, the first of equal
/// ones before the others.
pub(crate) fn split(whole: i128, exact: &[Ratio]) -> Vec<i128> {
    let mut amounts: Vec<i128> = exact.iter().map(|amount| amount.floor()).collect();
    let mut left: Vec<Ratio> = exact.iter().map(|amount| *amount - Ratio::whole(amount.floor())).collect();
    while amounts.iter().sum::<i128>() < whole {
        let most = *left.iter().max().expect("a campaign");
        let at = left.iter().position(|rest| *rest == most).expect("it is there");
        amounts[at] += 1;
        left[at] = Ratio::whole(-1);
    }
    amounts
}
