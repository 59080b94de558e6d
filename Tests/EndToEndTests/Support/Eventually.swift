/// What did not come true in time.
struct NeverHappened: Error, CustomStringConvertible {
    var description: String
}

/// Asks until the answer is not nil, a quarter of a second apart, at most `limit` long.
@discardableResult
func eventually<Answer: Sendable>(
    _ what: String,
    within limit: Duration = .seconds(180),
    _ question: () async throws -> Answer?
) async throws -> Answer {
    let deadline = ContinuousClock.now + limit
    while true {
        if let answer = try await question() { return answer }
        guard ContinuousClock.now < deadline else {
            throw NeverHappened(description: "not within \(limit): \(what)")
        }
        try await Task.sleep(for: .milliseconds(250))
    }
}

/// Runs `body`, then `cleanup`, whether or not `body` threw; what `body` threw wins.
func finally(
    _ body: () async throws -> Void,
    do cleanup: () async throws -> Void
) async throws {
    do {
        try await body()
    } catch {
        do {
            try await cleanup()
        } catch let second {
            throw NeverHappened(description: "\(error)\nand then, cleaning up: \(second)")
        }
        throw error
    }
    try await cleanup()
}
