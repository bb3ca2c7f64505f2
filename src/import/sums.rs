//! [`Sums`]: what rows add up to, per campaign and day.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use foldhash::fast::RandomState;

use crate::calendar::Dated;
use crate::money::Currency;
use crate::scope::Platform;

/// Whose spend it is. The name is part of it until the sums are finished, since one id may have carried two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Campaign {
    pub(super) platform: Platform,
    pub(super) account: String,
    /// The id, else the name.
    pub(super) campaign: String,
    pub(super) currency: Currency,
    pub(super) name: String,
}

impl Campaign {
    /// What tells campaigns apart in a rollup.
    pub(super) fn key(&self) -> (&Platform, &str, &str, Currency) {
        (&self.platform, &self.account, &self.campaign, self.currency)
    }
}

/// A campaign's place in a list of campaigns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CampaignNumber(u32);

impl CampaignNumber {
    /// Returns the number of a place.
    pub(super) fn of(place: usize) -> Result<CampaignNumber, TooMany> {
        u32::try_from(place).map(CampaignNumber).map_err(|_| TooMany)
    }

    /// Returns the place.
    #[inline]
    pub(super) fn place(self) -> usize {
        self.0 as usize
    }
}

/// The place of a day, or of a month, in a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct DayNumber(u32);

impl DayNumber {
    #[inline]
    fn place(self) -> usize {
        self.0 as usize
    }
}

/// Which sum a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) day: DayNumber,
    pub(super) campaign: CampaignNumber,
}

/// The sum of a campaign on a day, or in a month where rows speak of months. Small, since there may be millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) campaign: CampaignNumber,
    pub(super) rows: u32,
    /// Billionths of the currency's unit.
    pub(super) nanos: i64,
    /// The line of the first row.
    pub(super) first_row: u64,
}

/// What sums lack that do not fit in their 64 bits.
pub(super) type Wide<Place> = BTreeMap<Place, i128>;

/// More rows, or campaigns, than can be counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooMany;

/// The sums so far.
#[derive(Debug, Default)]
pub(super) struct Sums {
    campaigns: Numbered<Campaign>,
    /// The currency of each campaign.
    currencies: Vec<Currency>,
    days: Numbered<Dated>,
    /// The sums of each day.
    by_day: Vec<DaySums>,
    /// How many sums there are.
    count: usize,
    /// How many the near sums of all days have room for.
    room: usize,
    wide: Wide<Place>,
}

/// The sums of a day.
#[derive(Debug, Default)]
struct DaySums {
    /// Those of the campaigns with the first numbers, whether they have rows or not.
    near: Vec<Sum>,
    /// Those of others.
    far: BTreeMap<CampaignNumber, Sum>,
}

/// Sums are found at once where most campaigns have some on most days; where they do not, that would take room for
/// many that are none. For each there is, there may be room for so many.
const ROOM_PER_SUM: usize = 4;

/// All sums, in the order of days and of campaigns.
pub(super) struct Ordered {
    pub(super) campaigns: Vec<Campaign>,
    pub(super) days: Vec<(Dated, Vec<Sum>)>,
    pub(super) wide: Wide<(Dated, CampaignNumber)>,
}

impl Sums {
    /// Returns which sum the rows of a campaign on a day belong to.
    pub(super) fn place(&mut self, day: Dated, campaign: Campaign) -> Result<Place, TooMany> {
        Ok(Place { day: self.day(day)?, campaign: self.campaign(campaign)? })
    }

    fn day(&mut self, day: Dated) -> Result<DayNumber, TooMany> {
        let number = self.days.number(day)?;
        if self.by_day.len() < self.days.len() {
            self.by_day.push(DaySums::default());
        }
        Ok(DayNumber(number))
    }

    fn campaign(&mut self, campaign: Campaign) -> Result<CampaignNumber, TooMany> {
        let currency = campaign.currency;
        let number = self.campaigns.number(campaign)?;
        if self.currencies.len() < self.campaigns.len() {
            self.currencies.push(currency);
        }
        Ok(CampaignNumber(number))
    }

    /// Returns the currency of a sum.
    pub(super) fn currency(&self, place: Place) -> Option<Currency> {
        self.currencies.get(place.campaign.place()).copied()
    }

    /// Returns how many rows a sum has, where it is found at once.
    #[inline]
    pub(super) fn rows_of(&self, place: Place) -> u32 {
        let Some(of_day) = self.by_day.get(place.day.place()) else { return 0 };
        of_day.near.get(place.campaign.place()).map_or(0, |sum| sum.rows)
    }

    /// Adds a row.
    #[inline]
    pub(super) fn add(&mut self, place: Place, nanos: i128, line: u64) -> Result<(), TooMany> {
        let narrow = i64::try_from(nanos);
        let row = Sum { campaign: place.campaign, rows: 1, nanos: narrow.unwrap_or(0), first_row: line };
        self.put(place, row)?;
        if narrow.is_ok() { Ok(()) } else { self.beside(place, nanos) }
    }

    /// Adds what some rows come to.
    #[inline]
    fn put(&mut self, place: Place, rows: Sum) -> Result<(), TooMany> {
        let of_day = self.by_day.get_mut(place.day.place());
        let sum = match of_day.and_then(|of_day| of_day.near.get_mut(place.campaign.place())) {
            Some(near) => near,
            None => self.sum(place),
        };
        let is_new = sum.rows == 0;
        let rest = sum.take(rows)?;
        self.count += usize::from(is_new);
        if rest == 0 { Ok(()) } else { self.beside(place, rest.into()) }
    }

    /// Returns a sum that is not near, after making it so if there is room.
    #[cold]
    fn sum(&mut self, place: Place) -> &mut Sum {
        let campaigns = self.currencies.len();
        let DaySums { near, far } = &mut self.by_day[place.day.place()];
        let room = self.room + campaigns.saturating_sub(near.len());
        if room > ROOM_PER_SUM * (self.count + 1) {
            return far.entry(place.campaign).or_insert(Sum::none(place.campaign));
        }
        self.room = room;
        near.extend((0..).map(CampaignNumber).map(Sum::none).take(campaigns).skip(near.len()));
        for (campaign, sum) in std::mem::take(far) {
            near[campaign.place()] = sum;
        }
        &mut near[place.campaign.place()]
    }

    /// Keeps what does not fit in a sum.
    fn beside(&mut self, place: Place, nanos: i128) -> Result<(), TooMany> {
        let sum = self.wide.entry(place).or_insert(0);
        *sum = sum.checked_add(nanos).ok_or(TooMany)?;
        Ok(())
    }

    /// Takes in the sums of other rows of the same file.
    pub(super) fn merge(&mut self, other: Sums) -> Result<(), TooMany> {
        let campaigns = other.campaigns.into_values().into_iter().map(|campaign| self.campaign(campaign));
        let campaigns: Vec<CampaignNumber> = campaigns.collect::<Result<_, _>>()?;
        let days = other.days.into_values().into_iter().map(|day| self.day(day));
        let days: Vec<DayNumber> = days.collect::<Result<_, _>>()?;
        for (of_day, &day) in other.by_day.into_iter().zip(&days) {
            for sum in of_day.into_sums() {
                let campaign = campaigns[sum.campaign.place()];
                self.put(Place { day, campaign }, Sum { campaign, ..sum })?;
            }
        }
        for (Place { day, campaign }, nanos) in other.wide {
            self.beside(Place { day: days[day.place()], campaign: campaigns[campaign.place()] }, nanos)?;
        }
        Ok(())
    }

    /// Puts days and campaigns in order, and numbers campaigns anew.
    pub(super) fn ordered(self) -> Ordered {
        let (campaigns, new_numbers) = self.campaigns.sorted();
        let renumbered = |old: CampaignNumber| CampaignNumber(new_numbers[old.place()]);
        let dates = self.days.into_values();
        let wide = self.wide.into_iter();
        let wide =
            wide.map(|(Place { day, campaign }, nanos)| ((dates[day.place()], renumbered(campaign)), nanos)).collect();
        let mut days: Vec<(Dated, DaySums)> = dates.into_iter().zip(self.by_day).collect();
        days.sort_unstable_by_key(|(day, _)| *day);
        let ordered = |of_day: DaySums| {
            let mut sums = of_day.into_sums();
            sums.iter_mut().for_each(|sum| sum.campaign = renumbered(sum.campaign));
            sums.sort_unstable_by_key(|sum| sum.campaign);
            sums
        };
        let days = days.into_iter().map(|(day, sums)| (day, ordered(sums))).collect();
        Ordered { campaigns, days, wide }
    }
}

impl DaySums {
    fn into_sums(self) -> Vec<Sum> {
        let mut sums = self.near;
        sums.retain(|sum| sum.rows > 0);
        sums.extend(self.far.into_values());
        sums
    }
}

impl Sum {
    /// The sum of no rows.
    fn none(campaign: CampaignNumber) -> Sum {
        Sum { campaign, rows: 0, nanos: 0, first_row: u64::MAX }
    }

    /// Adds what other rows come to; returns the billionths there is no room for.
    #[inline]
    pub(super) fn take(&mut self, other: Sum) -> Result<i64, TooMany> {
        self.rows = self.rows.checked_add(other.rows).ok_or(TooMany)?;
        self.first_row = self.first_row.min(other.first_row);
        match self.nanos.checked_add(other.nanos) {
            Some(nanos) => self.nanos = nanos,
            None => return Ok(other.nanos),
        }
        Ok(0)
    }
}

/// Values, numbered as they come.
#[derive(Debug)]
struct Numbered<T> {
    numbers: HashMap<T, u32, RandomState>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Numbered<T> {
        Numbered { numbers: HashMap::default() }
    }
}

impl<T: Eq + Hash + Ord> Numbered<T> {
    fn len(&self) -> usize {
        self.numbers.len()
    }

    fn number(&mut self, value: T) -> Result<u32, TooMany> {
        if let Some(number) = self.numbers.get(&value) {
            return Ok(*number);
        }
        let number = u32::try_from(self.numbers.len()).map_err(|_| TooMany)?;
        self.numbers.insert(value, number);
        Ok(number)
    }

    /// Returns the values by number.
    fn into_values(self) -> Vec<T> {
        let mut values: Vec<(T, u32)> = self.numbers.into_iter().collect();
        values.sort_unstable_by_key(|(_, number)| *number);
        values.into_iter().map(|(value, _)| value).collect()
    }

    /// Returns the values in order, and by number the place of each.
    fn sorted(self) -> (Vec<T>, Vec<u32>) {
        let mut values: Vec<(T, u32)> = self.numbers.into_iter().collect();
        values.sort_unstable();
        let mut places = vec![0; values.len()];
        values.iter().zip(0..).for_each(|((_, number), place)| places[*number as usize] = place);
        (values.into_iter().map(|(value, _)| value).collect(), places)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A row: its day and its campaign, by number, and its amount.
    type Row = (u32, u32, i128);

    fn place(sums: &mut Sums, (day, campaign, _): Row) -> Place {
        let day = Dated::from("2018-01-01".parse::<crate::calendar::Day>().unwrap().minus_days(day));
        let (platform, currency) = ("x".parse().unwrap(), "USD".parse().unwrap());
        let name = format!("{campaign:03}");
        sums.place(day, Campaign { platform, account: String::new(), campaign: name.clone(), currency, name }).unwrap()
    }

    fn amounts() -> impl Strategy<Value = i128> {
        prop_oneof![4 => -9i128..9, 1 => prop::sample::select(vec![i64::MAX.into(), i64::MIN.into(), i128::from(i64::MAX) * 3])]
    }

    proptest! {
        #[test]
        fn rows_come_to_the_same_however_many_days_and_campaigns_meet(
            rows in (1u32..60, 1u32..60).prop_flat_map(|(days, campaigns)| {
                prop::collection::vec(((0..days, 0..campaigns, amounts()), 0usize..3), 0..300)
            }),
        ) {
            let mut parts = [(); 3].map(|()| Sums::default());
            let mut expected: BTreeMap<(Dated, String), (u32, i128, u64)> = BTreeMap::new();
            for (&(row, part), line) in rows.iter().zip(1..) {
                let place = place(&mut parts[part], row);
                parts[part].add(place, row.2, line).unwrap();
                let day = "2018-01-01".parse::<crate::calendar::Day>().unwrap().minus_days(row.0).into();
                let (rows, nanos, first) = expected.entry((day, format!("{:03}", row.1))).or_insert((0, 0, line));
                (*rows, *nanos, *first) = (*rows + 1, *nanos + row.2, line.min(*first));
            }
            let [mut all, second, third] = parts;
            all.merge(second).unwrap();
            all.merge(third).unwrap();
            prop_assert_eq!(all.count, expected.len());
            prop_assert!(all.room <= ROOM_PER_SUM * (all.count + 1));
            let Ordered { campaigns, days, wide } = all.ordered();
            let sums = days.iter().flat_map(|(day, sums)| sums.iter().map(|sum| {
                let nanos = i128::from(sum.nanos) + wide.get(&(*day, sum.campaign)).unwrap_or(&0);
                ((*day, campaigns[sum.campaign.place()].name.clone()), (sum.rows, nanos, sum.first_row))
            }));
            let sums: Vec<_> = sums.collect();
            prop_assert_eq!(sums, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
