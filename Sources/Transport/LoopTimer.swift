/// Something that happens on a loop once, at a time, unless it is called off. Belongs to the loop's thread.
///
/// Re-arming a timer for a later time, as a limit that is renewed again and again does, costs next to nothing.
public final class LoopTimer {
    private let loop: EventLoop
    private let node: TimerNode

    /// Makes a timer that is not armed.
    public init(on loop: EventLoop, _ action: @escaping () -> Void) {
        self.loop = loop
        node = TimerNode(action)
    }

    /// Sets the moment at which the action runs; an earlier setting is forgotten.
    public func arm(at deadline: Deadline) {
        loop.core.timers.arm(node, at: deadline)
    }

    /// Calls the action off, for a timer that will be armed again.
    public func disarm() {
        node.disarm()
    }

    /// Calls the action off for good, and frees what it holds.
    public func cancel() {
        loop.core.timers.remove(node)
    }
}
