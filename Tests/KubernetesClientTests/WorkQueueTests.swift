import KubernetesClient
import Telemetry
import Testing
import Transport

@Suite("A work queue", .timeLimit(.minutes(3)))
struct WorkQueueTests {
    let start = Deadline.now

    private func at(_ seconds: Int) -> Deadline { start.advanced(by: .seconds(seconds)) }

    @Test("a key waits once, and of several moments the earliest counts")
    func deduplication() {
        var queue = WorkQueueState<String>()
        queue.add("a", due: at(10))
        queue.add("a", due: at(20))
        queue.add("b", due: at(5))
        queue.add("a", due: at(3))
        #expect(queue.waitingCount == 2)
        #expect(queue.nextDue() == at(3))
        #expect(queue.take(now: at(2)) == nil)
        #expect(queue.take(now: at(4)) == "a")
        #expect(queue.take(now: at(30)) == "b")
        #expect(queue.take(now: at(30)) == nil)
        queue.done("a")
        queue.done("b")
        #expect(queue.isEmpty)
        #expect(queue.keyCount == 0)
    }

    @Test("a key that comes while it is worked on waits until that is over")
    func neverTwice() {
        var queue = WorkQueueState<String>()
        queue.add("a", due: at(0))
        #expect(queue.take(now: at(0)) == "a")
        queue.add("a", due: at(0))
        queue.add("a", due: at(9))
        #expect(queue.take(now: at(100)) == nil)
        queue.done("a")
        #expect(queue.take(now: at(0)) == "a")
        queue.done("a")
        #expect(queue.take(now: at(100)) == nil)
    }

    @Test("failures are counted for each key until they are forgotten")
    func failures() {
        var queue = WorkQueueState<String>()
        #expect(queue.countFailure("a") == 1)
        #expect(queue.countFailure("a") == 2)
        #expect(queue.countFailure("b") == 1)
        queue.forget("a")
        #expect(queue.countFailure("a") == 1)
    }

    @Test("pauses double up to the longest, with chance on top")
    func backoff() {
        var backoff = Backoff(minimum: .seconds(1), maximum: .seconds(5), factor: 2, jitter: 0.5)
        #expect((0..<5).map { _ in backoff.pause(random: 0) } == [1, 2, 4, 5, 5].map { .seconds($0) })
        #expect(backoff.pause(random: 1) == .seconds(7.5))
        #expect(backoff.pause(afterFailures: 3, random: 0) == .seconds(4))
        #expect(backoff.pause(afterFailures: .max, random: 0) == .seconds(5))
        backoff.reset()
        #expect(backoff.pause(random: 0) == .seconds(1))
    }

    @Test(
        "against a plain model, the queue never loses a key, never doubles one, never runs one twice at once",
        arguments: 0..<20
    )
    func model(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = WorkQueueState<Int>()
        var due: [Int: Deadline] = [:]
        var running: Set<Int> = []
        var now = start
        for _ in 0..<2000 {
            let key = Int.random(in: 0..<15, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let moment = now.advanced(by: .milliseconds(Int.random(in: 0..<50, using: &random)))
                queue.add(key, due: moment)
                due[key] = min(due[key] ?? moment, moment)
            case 2:
                now = now.advanced(by: .milliseconds(Int.random(in: 0..<20, using: &random)))
                let ready = due.filter { !running.contains($0.key) && $0.value <= now }
                let taken = queue.take(now: now)
                guard let taken else {
                    #expect(ready.isEmpty, "seed \(seed)")
                    continue
                }
                #expect(ready[taken] == ready.values.min(), "seed \(seed)")
                running.insert(taken)
                due[taken] = nil
            default:
                if let key = running.randomElement(using: &random) {
                    running.remove(key)
                    queue.done(key)
                }
            }
            #expect(queue.waitingCount == due.count && queue.runningCount == running.count, "seed \(seed)")
        }
    }

    @Test("workers work on many keys, on each alone, and the queue drains")
    func workers() async throws {
        let loop = try EventLoop(name: "queue")
        defer { loop.shutDown() }
        try await loop.run {
            let metrics = MetricRegistry()
            let quick = Backoff(minimum: .milliseconds(1), maximum: .milliseconds(1))
            let queue = WorkQueue<Int>(name: "test", on: loop, backoff: quick, metrics: metrics)
            let running = Shared<Set<Int>>([])
            let runs = Shared<[Int: Int]>([:])
            for key in 0..<50 {
                queue.add(key)
                queue.add(key, after: .seconds(1000))
            }
            await withDiscardingTaskGroup { group in
                group.addTask {
                    await queue.run(workers: 8) { key in
                        #expect(running.change { $0.insert(key).inserted })
                        await Task.yield()
                        running.change { _ = $0.remove(key) }
                        let count = runs.change { runs -> Int in
                            runs[key, default: 0] += 1
                            return runs[key] ?? 0
                        }
                        if count == 1 { queue.add(key) }
                        return count < 3 ? .retry(atLeast: nil) : .done
                    }
                }
                group.addTask {
                    do {
                        try await eventually(loop) {
                            runs.current.count == 50 && runs.current.values.allSatisfy { $0 >= 3 }
                        }
                    } catch {
                        Issue.record("\(error)")
                    }
                    queue.drain()
                }
            }
            #expect(queue.count == 0 && queue.runningCount == 0)
            let text = String(decoding: metrics.exposition(), as: UTF8.self)
            #expect(text.contains(#"vernemq_operator_queue_retries_total{queue="test"}"#))
            #expect(text.contains(#"vernemq_operator_queue_depth{queue="test"} 0"#))
        }
    }

    @Test("a bucket gives its burst at once and then keeps its rate")
    func tokenBucket() {
        var bucket = TokenBucket(rate: 2, burst: 3, now: start)
        for _ in 0..<3 { #expect(bucket.take(now: start) == nil) }
        let next = bucket.take(now: start)
        #expect(next == start.advanced(by: .milliseconds(500)))
        #expect(bucket.take(now: start.advanced(by: .milliseconds(500))) == nil)
        #expect(bucket.take(now: start.advanced(by: .milliseconds(600))) != nil)
        var full = 0
        while bucket.take(now: at(1000)) == nil { full += 1 }
        #expect(full == 3)
    }
}
