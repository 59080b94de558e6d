import Synchronization

/// What has to be true before traffic may come, and whether it is.
///
/// Readiness is for balancing: a process that is not ready is alive. Draining makes it not ready for good.
public final class Readiness: Sendable {
    /// The state of one condition.
    public enum State: Sendable, Hashable {
        /// The condition holds.
        case ready
        /// The condition does not hold. The reason is shown to whoever asks.
        case notReady(reason: String)
    }

    private let states: Mutex<[String: State]>

    /// Begins with conditions of which none holds yet.
    public init(_ conditions: [String] = []) {
        states = Mutex(Dictionary(conditions.map { ($0, .notReady(reason: "not yet")) }) { first, _ in first })
    }

    /// Sets the state of a condition, new or known.
    public subscript(condition: String) -> State {
        get { states.withLock { $0[condition] ?? .notReady(reason: "unknown") } }
        set { states.withLock { $0[condition] = newValue } }
    }

    /// Makes the process not ready, whatever else is true: the server is going.
    public func beginDraining() {
        self["draining"] = .notReady(reason: "the server is shutting down")
    }

    /// Whether every condition holds.
    public var isReady: Bool { states.withLock { $0.values.allSatisfy { $0 == .ready } } }

    /// All conditions, ordered by name.
    public var conditions: [(name: String, state: State)] {
        states.withLock { $0.map { (name: $0.key, state: $0.value) } }.sorted { $0.name < $1.name }
    }
}
