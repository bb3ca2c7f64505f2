//! `respend imports`

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(context: &Context) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    output::document(&context.everywhere, &respend::report::imports(&ledger, context.everywhere.as_known))
}
