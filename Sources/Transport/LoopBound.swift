/// Carries a value that belongs to an event loop's thread through code that may run anywhere.
public struct LoopBound<Value>: @unchecked Sendable {
    // SAFETY: the value is handed out on the loop's thread only: each access checks that.
    private let stored: Value
    /// The loop that the value belongs to.
    public let loop: EventLoop

    /// Binds a value to the loop on whose thread this is called.
    public init(_ value: Value, on loop: EventLoop) {
        loop.preconditionOnLoop("a value of type \(Value.self)")
        stored = value
        self.loop = loop
    }

    /// The value. The program stops when it is asked for on another thread.
    public var value: Value {
        loop.preconditionOnLoop("a value of type \(Value.self)")
        return stored
    }

    /// Has something done with the value on its loop, later. Can be called from any thread.
    public func execute(_ work: @escaping @Sendable (Value) -> Void) {
        loop.execute { work(value) }
    }
}
