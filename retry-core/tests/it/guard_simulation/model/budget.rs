//! The model of budgets, and of the accounts that calls have with them.

use std::cell::RefCell;
use std::rc::Rc;

use std::time::Duration;

use crate::guard_simulation::clock::Clock;
use crate::guard_simulation::program::BudgetPlan;

use super::ratio::Ratio;

#[derive(Debug)]
pub(crate) struct Budget {
    plan: BudgetPlan,
    /// Tokens, or thousandths for a throttle.
    level: u64,
    /// Calls and retries in flight.
    calls: u64,
    retries: u64,
    ratio: Ratio,
    pub(crate) granted: u64,
    pub(crate) refused: u64,
}

impl Budget {
    pub(crate) fn new(plan: BudgetPlan) -> Self {
        Budget {
            plan,
            level: Budget::most(plan),
            calls: 0,
            retries: 0,
            ratio: Ratio::default(),
            granted: 0,
            refused: 0,
        }
    }

    fn most(plan: BudgetPlan) -> u64 {
        match plan {
            BudgetPlan::Total(retries) => u64::from(retries),
            BudgetPlan::Tokens(capacity) => u64::from(capacity),
            BudgetPlan::Throttle(max) => 1000 * u64::from(max),
            BudgetPlan::InFlight(..) | BudgetPlan::Ratio(..) => 0,
        }
    }

    fn cost(&self, timed_out: bool) -> u64 {
        match self.plan {
            BudgetPlan::Total(_) => 1,
            BudgetPlan::Tokens(_) if timed_out => 10,
            BudgetPlan::Tokens(_) => 5,
            BudgetPlan::Throttle(_) | BudgetPlan::InFlight(..) | BudgetPlan::Ratio(..) => 0,
        }
    }

    /// Returns whether another retry is granted beside those in flight.
    fn grants(&self, level: u64, retries: u64, cost: u64) -> bool {
        match self.plan {
            BudgetPlan::Ratio(..) => unreachable!("it needs the time"),
            BudgetPlan::Total(_) | BudgetPlan::Tokens(_) => level >= cost,
            BudgetPlan::Throttle(max) => level > 500 * u64::from(max),
            BudgetPlan::InFlight(least, tenths) => {
                let over = retries * 10 > u64::from(tenths) * (self.calls + retries);
                retries < u64::from(least) || !over
            }
        }
    }

    /// Returns the number of consecutive retries that would be granted now if each failed.
    pub(crate) fn available(&self, now: Duration) -> u64 {
        if let BudgetPlan::Ratio(tenths, reserve) = self.plan {
            return self.ratio.left(now, tenths, reserve);
        }
        let (mut level, mut retries, mut granted) = (self.level, self.retries, 0);
        let cost = self.cost(false);
        if let BudgetPlan::Throttle(_) = self.plan {
            level = level.saturating_sub(1000);
        }
        while self.grants(level, retries, cost) {
            granted += 1;
            retries += 1;
            level -= match self.plan {
                BudgetPlan::Throttle(_) => level.min(1000),
                _ => cost,
            };
        }
        granted
    }

    fn put(&mut self, tokens: u64) {
        self.level = Budget::most(self.plan).min(self.level + tokens);
    }
}

/// The withdrawals of one call from a budget. Dropping it returns those for retries that have not begun.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) budget: Rc<RefCell<Budget>>,
    drawn: Option<u64>,
    /// Whether it is paid when the pause is over.
    due: bool,
    /// The cost of the last retry that began.
    spent: Option<u64>,
    flying: u64,
    clock: Clock,
}

impl Account {
    pub(crate) fn open(budget: &Rc<RefCell<Budget>>, clock: Clock) -> Self {
        budget.borrow_mut().calls += 1;
        budget.borrow_mut().ratio.call(clock.now());
        Account {
            budget: Rc::clone(budget),
            drawn: None,
            due: false,
            spent: None,
            flying: 0,
            clock,
        }
    }

    /// Returns whether it is paid when the pause is over, and not before.
    fn pays_late(&self) -> bool {
        matches!(self.budget.borrow().plan, BudgetPlan::InFlight(..))
    }

    /// Pays for a retry before its pause, or defers the payment to its end.
    fn draw(&mut self, timed_out: bool) -> bool {
        self.due = self.pays_late();
        self.due || self.pay(timed_out)
    }

    fn pay_due(&mut self) -> bool {
        !self.due || self.pay(false)
    }

    /// Postpones the payment, because the retry waits for something else.
    pub(crate) fn postpone(&mut self) {
        if self.due {
            self.give_back();
        }
    }

    /// Pays for a copy beside the attempts in flight.
    fn pay_copy(&mut self) -> bool {
        self.pay(false)
    }

    fn pay(&mut self, timed_out: bool) -> bool {
        let mut budget = self.budget.borrow_mut();
        let mut cost = budget.cost(timed_out);
        let granted = match budget.plan {
            BudgetPlan::Ratio(tenths, reserve) => {
                let drawn = budget.ratio.draw(self.clock.now(), tenths, reserve);
                cost = drawn.unwrap_or_default();
                drawn.is_some()
            }
            _ => budget.grants(budget.level, budget.retries, cost),
        };
        if !granted {
            budget.refused += 1;
            return false;
        }
        if !matches!(budget.plan, BudgetPlan::Ratio(..)) {
            budget.level -= cost;
        }
        budget.retries += 1;
        budget.granted += 1;
        self.drawn = Some(cost);
        true
    }

    pub(crate) fn give_back(&mut self) {
        if let Some(cost) = self.drawn.take() {
            let mut budget = self.budget.borrow_mut();
            match budget.plan {
                BudgetPlan::Ratio(..) => budget.ratio.give_back(cost),
                _ => budget.put(cost),
            }
            budget.granted -= 1;
            budget.retries -= 1;
        }
    }

    /// Records that the retry begins.
    pub(crate) fn spend(&mut self) {
        self.due = false;
        if let Some(cost) = self.drawn.take() {
            self.spent = Some(cost);
            self.flying += 1;
        }
    }

    /// Records that a further copy begins.
    pub(crate) fn copy(&mut self) {
        self.drawn = None;
        self.flying += 1;
    }

    /// Records that the attempt and its copies are over.
    pub(crate) fn land(&mut self) {
        self.budget.borrow_mut().retries -= self.flying;
        self.flying = 0;
    }

    pub(crate) fn failed(&mut self) {
        let mut budget = self.budget.borrow_mut();
        if let BudgetPlan::Throttle(_) = budget.plan {
            budget.level -= budget.level.min(1000);
        }
    }

    pub(crate) fn succeeded(&mut self) {
        let mut budget = self.budget.borrow_mut();
        match budget.plan {
            BudgetPlan::Tokens(_) => budget.put(self.spent.unwrap_or(1)),
            BudgetPlan::Throttle(_) => budget.put(500),
            _ => {}
        }
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.give_back();
        self.land();
        self.budget.borrow_mut().calls -= 1;
    }
}

/// Draws from all accounts, or from none.
pub(crate) fn draw(accounts: &mut [Account], timed_out: bool) -> bool {
    all_or_none(accounts, |it| it.draw(timed_out))
}

/// Pays the amounts that are due at the end of the pause.
pub(crate) fn pay_due(accounts: &mut [Account]) -> bool {
    all_or_none(accounts, Account::pay_due)
}

/// Pays for a further copy from all accounts, or from none.
pub(crate) fn pay_copy(accounts: &mut [Account]) -> bool {
    let paid = all_or_none(accounts, Account::pay_copy);
    if paid {
        accounts.iter_mut().for_each(Account::copy);
    }
    paid
}

fn all_or_none(accounts: &mut [Account], pays: impl FnMut(&mut Account) -> bool) -> bool {
    let paid = accounts.iter_mut().all(pays);
    if !paid {
        accounts.iter_mut().for_each(Account::give_back);
    }
    paid
}
