//! The phases of a procedure in their order, and whose turn it is in each.

use serde::{Deserialize, Serialize};

/// Where a procedure stands (guideline U, 4 and 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    /// 利用検討, until the application (開示) is filed.
    Considering,
    /// The requirements of 3.1 and 3.2 are checked.
    DisclosureReview,
    /// The documents are disclosed; 企画書 is written.
    Planning,
    /// 企画書 is read.
    PlanReview,
    /// 開発, until the test environment is applied for.
    Developing,
    /// The application for the test environment is read.
    TestReview,
    /// アクセス権等を設定 in the test environment.
    TestAccess,
    /// 疎通確認.
    Reachability,
    /// 接続試験前確認.
    PreTest,
    /// 接続試験.
    Testing,
    /// The test's report is read.
    TestReportReview,
    /// The production check and the use are applied for.
    ProductionApplying,
    /// That application is read.
    ProductionReview,
    /// Access rights are set in production.
    ProductionAccess,
    /// 本番動作確認.
    ProductionCheck,
    /// サービス提供前確認.
    BeforeService,
    /// A change is written down.
    Changing,
    /// A change is read.
    ChangeReview,
}

/// Who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Applicant,
    Operator,
}

/// Which way is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Round {
    /// The first, from the application to the service.
    First,
    /// 利用内容変更.
    Change,
}

impl Round {
    /// Its phases, in their order.
    pub(crate) const fn path(self) -> &'static [Phase] {
        use Phase::*;
        match self {
            Self::First => &[
                Considering,
                DisclosureReview,
                Planning,
                PlanReview,
                Developing,
                TestReview,
                TestAccess,
                Reachability,
                PreTest,
                Testing,
                TestReportReview,
                ProductionApplying,
                ProductionReview,
                ProductionAccess,
                ProductionCheck,
                BeforeService,
            ],
            // 5.1: once agreed, connection test and production check as at the start.
            Self::Change => &[
                Changing,
                ChangeReview,
                TestAccess,
                Reachability,
                PreTest,
                Testing,
                TestReportReview,
                ProductionAccess,
                ProductionCheck,
                BeforeService,
            ],
        }
    }

    /// The phase after another; none after the last.
    pub(crate) fn after(self, phase: Phase) -> Option<Phase> {
        let path = self.path();
        let at = path.iter().position(|other| *other == phase)?;
        path.get(at + 1).copied()
    }

    /// The applicant's phase before another: where something returned goes.
    pub(crate) fn back_from(self, phase: Phase) -> Option<Phase> {
        let before = self.path().iter().take_while(|other| **other != phase);
        before.filter(|phase| phase.turn() == Turn::Applicant).last().copied()
    }

    /// Whether a phase has been reached.
    pub(crate) fn has_reached(self, now: Phase, phase: Phase) -> bool {
        let at = |phase| self.path().iter().position(|other| *other == phase);
        matches!((at(now), at(phase)), (Some(now), Some(phase)) if now >= phase)
    }
}

impl Phase {
    /// Who must act.
    pub(crate) const fn turn(self) -> Turn {
        match self {
            Self::Considering
            | Self::Planning
            | Self::Developing
            | Self::Reachability
            | Self::Testing
            | Self::ProductionApplying
            | Self::ProductionCheck
            | Self::Changing => Turn::Applicant,
            Self::DisclosureReview
            | Self::PlanReview
            | Self::TestReview
            | Self::TestAccess
            | Self::PreTest
            | Self::TestReportReview
            | Self::ProductionReview
            | Self::ProductionAccess
            | Self::BeforeService
            | Self::ChangeReview => Turn::Operator,
        }
    }

    /// Whether access rights are set in it.
    pub(crate) const fn is_access(self) -> bool {
        matches!(self, Self::TestAccess | Self::ProductionAccess)
    }
}
