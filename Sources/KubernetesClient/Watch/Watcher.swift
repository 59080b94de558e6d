public import Logging
import Transport

/// Watches a resource for as long as its task lives: carries out what ``WatcherState`` decides. Belongs to its loop's
/// thread.
public final class Watcher {
    private let client: APIClient
    private let type: ResourceType
    private let namespace: String?
    private let selector: Selector
    private let logger: Logger
    private var state: WatcherState
    private var generator = SystemRandomNumberGenerator()
    /// Whether the last try failed, so that a series of failures is one line in the log.
    private var isFailing = false

    /// Describes what to watch.
    public init(
        _ client: APIClient,
        _ type: ResourceType,
        in namespace: String? = nil,
        _ selector: Selector = .everything,
        timing: WatcherTiming = WatcherTiming(),
        logger: Logger
    ) {
        self.client = client
        self.type = type
        self.namespace = namespace
        self.selector = selector
        self.logger = logger
        state = WatcherState(timing)
    }

    /// Watches until the task is cancelled.
    ///
    /// - Parameter handle: what to do with what is seen, called on the loop, in order.
    public func run(_ handle: (WatcherOutput) -> Void) async {
        while !Task.isCancelled {
            do throws(APIError) {
                switch state.step(now: .now, random: random()) {
                case .pause(let until):
                    do { try await client.loop.sleep(until: until) } catch { return }
                case .list(let limit, let continuation):
                    let page = try await client.listPage(
                        type,
                        in: namespace,
                        selector,
                        limit: limit,
                        continuation: continuation
                    )
                    for output in state.listed(page, now: .now) { handle(output) }
                    succeeded()
                case .watch(let version, let timeout, let deadline):
                    try await watch(from: version, timeout, until: deadline, handle)
                }
            } catch {
                if error.isCancelled || Task.isCancelled { return }
                failed(error)
            }
        }
    }

    private func watch(
        from version: String,
        _ timeout: Duration,
        until deadline: Deadline,
        _ handle: (WatcherOutput) -> Void
    ) async throws(APIError) {
        let stream = try await client.watch(type, in: namespace, selector, from: version, timeout: timeout)
        defer { stream.close() }
        succeeded()
        while let event = try await stream.next(until: deadline) {
            if let output = state.received(event, now: .now, random: random()) { handle(output) }
            if case .error(let status) = event {
                log(APIError(status))
                return
            }
        }
        state.ended(now: .now, random: random())
    }

    private func random() -> Double { Double.random(in: 0..<1, using: &generator) }

    private func succeeded() {
        if isFailing { logger.notice("watching again", metadata: ["resource": "\(type)"]) }
        isFailing = false
    }

    private func failed(_ error: APIError) {
        state.failed(error, now: .now, random: random())
        log(error)
    }

    private func log(_ error: APIError) {
        if case .gone = error {
            logger.info("a watch fell behind; listing anew", metadata: ["resource": "\(type)"])
            return
        }
        let metadata: Logger.Metadata = ["resource": "\(type)", "code": "\(error.code)", "reason": "\(error)"]
        if isFailing {
            logger.debug("still cannot watch", metadata: metadata)
        } else {
            logger.warning("cannot watch", metadata: metadata)
        }
        isFailing = true
    }
}
