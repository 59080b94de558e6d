import Transport

/// Does the same with many things, a few at a time, on one loop.
///
/// - Returns: what came of each, in the order of the things.
func sideBySide<Thing: Sendable, Outcome: Sendable>(
    _ things: [Thing],
    width: Int,
    on loop: EventLoop,
    _ work: @escaping @Sendable (Thing) async -> Outcome
) async -> [Outcome] {
    await withTaskGroup(of: (Int, Outcome).self) { group in
        var rest = things.enumerated().makeIterator()
        func start() {
            guard let (index, thing) = rest.next() else { return }
            group.addTask(executorPreference: loop) { (index, await work(thing)) }
        }
        for _ in 0..<width { start() }
        var outcomes: [(Int, Outcome)] = []
        while let outcome = await group.next() {
            outcomes.append(outcome)
            start()
        }
        return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
