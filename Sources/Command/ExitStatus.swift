/// What the process tells its parent: the same three answers for every sub-command.
enum ExitStatus: Int32, Sendable {
    /// It did what it was asked, and found nothing to object to.
    case success = 0
    /// Findings, a refusal, or a failure on the way; standard error says which.
    case failure = 1
    /// The command line itself was wrong.
    case usage = 2
}
