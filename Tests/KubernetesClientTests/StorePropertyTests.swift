import Document
import Kubernetes
import Testing
import Transport

@testable import KubernetesClient

/// A server as a watcher sees it: versions, a history that is forgotten from the front, lists page by page.
private struct SimulatedServer {
    var truth: [String: JSONValue] = [:]
    var version = 100
    var history: [(version: Int, event: WatchEvent)] = []
    var oldest = 100
    private var snapshot: (items: [JSONValue], version: Int) = ([], 0)

    mutating func change(_ random: inout SeededGenerator) {
        let name = "o\(Int.random(in: 0..<60, using: &random))"
        version += 1
        if let old = truth[name], random.chance(oneIn: 3) {
            truth[name] = nil
            var last = old
            var metadata = old["metadata"]
            metadata?["resourceVersion"] = .string("\(version)")
            last["metadata"] = metadata
            history.append((version, .deleted(last)))
        } else {
            let uid = truth[name].flatMap { ObjectView($0).uid } ?? "u\(version)"
            let fresh = object(name, version: version, uid: uid, version)
            history.append((version, truth[name] == nil ? .added(fresh) : .modified(fresh)))
            truth[name] = fresh
        }
    }

    mutating func compact() {
        oldest = version
        history = []
    }

    mutating func page(limit: Int?, continuation: String?) throws(APIError) -> ObjectList {
        var offset = 0
        if let continuation {
            guard let number = Int(continuation), snapshot.version >= oldest else {
                throw .gone(.init(code: 410, message: ""))
            }
            offset = number
        } else {
            snapshot = (truth.sorted { $0.key < $1.key }.map(\.value), version)
        }
        let end = min(snapshot.items.count, offset + (limit ?? .max - offset))
        return ObjectList(
            items: Array(snapshot.items[min(offset, end)..<end]),
            resourceVersion: "\(snapshot.version)",
            continuation: end < snapshot.items.count ? "\(end)" : nil
        )
    }
}

@Suite("A store that follows a server")
struct StorePropertyTests {
    @Test(
        "equals the truth after 25,000 changes with drops, errors, compactions and relists",
        arguments: [1, 2, 3, 4, 5] as [UInt64]
    )
    func property(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var server = SimulatedServer()
        var state = WatcherState(WatcherTiming(pageSize: 7))
        var store = ObjectStore(indexers: ["n": { [$0["data"]?["n"]?.stringValue?.last.map { String($0) } ?? ""] }])
        var mirror: [ObjectKey: JSONValue] = [:]
        var now = Deadline.now
        var (changes, gaps, relists, resumes, longest) = (0, 0, 0, 0, Duration.zero)

        func take(_ output: WatcherOutput) {
            if output == .initializing { relists += 1 }
            for change in store.take(output) {
                if mirror[change.key] != change.old { gaps += 1 }
                mirror[change.key] = change.new
            }
        }
        func unrest() {
            for _ in 0..<Int.random(in: 0..<12, using: &random) {
                server.change(&random)
                changes += 1
            }
            if random.chance(oneIn: 40) { server.compact() }
        }
        while changes < 25_000 {
            // The pool has as many threads as the machine has cores, and other tests need them.
            await Task.yield()
            let luck = Double.random(in: 0..<1, using: &random)
            switch state.step(now: now, random: luck) {
            case .pause(let until):
                longest = max(longest, now.duration(to: until))
                now = until
                unrest()
            case .list(let limit, let continuation):
                unrest()
                do throws(APIError) {
                    if random.chance(oneIn: 15) { throw .interrupted(.truncated) }
                    for output in state.listed(try server.page(limit: limit, continuation: continuation), now: now) {
                        take(output)
                    }
                } catch {
                    state.failed(error, now: now, random: luck)
                }
            case .watch(let version, let timeout, _):
                resumes += 1
                var position = try #require(Int(version))
                if position < server.oldest {
                    if random.chance(oneIn: 2) {
                        state.failed(.gone(.init(code: 410, message: "")), now: now, random: luck)
                    } else {
                        _ = state.received(
                            .error(.init(code: 410, reason: "Expired", message: "")),
                            now: now,
                            random: luck
                        )
                    }
                    continue
                }
                let end = now.advanced(by: timeout)
                watching: while true {
                    now = now.advanced(by: .milliseconds(Int.random(in: 0..<20_000, using: &random)))
                    unrest()
                    for entry in server.history where entry.version > position {
                        if random.chance(oneIn: 300) {
                            // The line is cut: the event is lost, and comes again.
                            state.failed(.interrupted(.truncated), now: now, random: luck)
                            break watching
                        }
                        if let output = state.received(entry.event, now: now, random: luck) { take(output) }
                        position = entry.version
                    }
                    if position < server.oldest {
                        // The server has forgotten what it had not sent yet.
                        state.failed(.interrupted(.truncated), now: now, random: luck)
                        break
                    }
                    if random.chance(oneIn: 5) {
                        _ = state.received(.bookmark(resourceVersion: "\(position)"), now: now, random: luck)
                    }
                    if now >= end {
                        state.ended(now: now, random: luck)
                        break
                    }
                }
            }
        }
        // The world comes to rest, and the watcher catches up.
        settling: while true {
            switch state.step(now: now, random: 0) {
            case .pause(let until): now = until
            case .list(let limit, let continuation):
                do throws(APIError) {
                    for output in state.listed(try server.page(limit: limit, continuation: continuation), now: now) {
                        take(output)
                    }
                } catch {
                    state.failed(error, now: now, random: 0)
                }
            case .watch(let version, _, _):
                let position = try #require(Int(version))
                guard position >= server.oldest else {
                    state.failed(.gone(.init(code: 410, message: "")), now: now, random: 0)
                    continue
                }
                for entry in server.history where entry.version > position {
                    if let output = state.received(entry.event, now: now, random: 0) { take(output) }
                }
                break settling
            }
        }
        let names = Dictionary(
            uniqueKeysWithValues: server.truth.map { (ObjectKey(namespace: "ns", name: $0.key), $0.value) }
        )
        #expect(gaps == 0, "seed \(seed): changes that do not follow from the ones before")
        #expect(mirror == names, "seed \(seed)")
        #expect(
            Dictionary(uniqueKeysWithValues: store.keys.map { ($0, store[$0]) }) == names.mapValues { Optional($0) },
            "seed \(seed)"
        )
        for digit in 0..<10 {
            let expected = names.filter { $0.value["data"]?["n"]?.stringValue?.hasSuffix("\(digit)") == true }.keys
                .sorted()
            #expect(store.keys(in: "n", under: "\(digit)") == expected, "seed \(seed)")
        }
        #expect(relists > 20 && resumes > 50, "seed \(seed): the run was too quiet to show anything")
        #expect(longest <= .seconds(60), "seed \(seed)")
    }

    @Test("a relist that comes to nothing leaves the old content standing")
    func atomicity() {
        var store = ObjectStore()
        for output in [.initializing, .page([object("a", version: 1)]), .initialized] as [WatcherOutput] {
            _ = store.take(output)
        }
        #expect(store.take(.initializing).isEmpty)
        #expect(store.take(.page([object("b", version: 2)])).isEmpty)
        #expect(store.keys.map(\.name) == ["a"])
        #expect(store.take(.initializing).isEmpty)
        #expect(store.take(.page([object("a", version: 1)])).isEmpty)
        #expect(store.take(.initialized).isEmpty, "the same version is no change")
    }

    @Test("pauses grow while things go wrong, follow the server's wish, and begin anew after two good minutes")
    func pauses() {
        let start = Deadline.now
        var state = WatcherState()
        var now = start
        var pauses: [Duration] = []
        func fail(_ error: APIError) {
            state.failed(error, now: now, random: 0)
            if case .pause(let until) = state.step(now: now, random: 0) {
                pauses.append(now.duration(to: until))
                now = until
            }
        }
        for _ in 0..<7 { fail(.interrupted(.timedOut)) }
        #expect(pauses == [800, 1600, 3200, 6400, 12_800, 25_600, 30_000].map { .milliseconds($0) })
        fail(.throttled(.init(code: 429, message: "", retryAfter: .seconds(90))))
        #expect(pauses.last == .seconds(90))
        now = now.advanced(by: .seconds(121))
        _ = state.received(.bookmark(resourceVersion: "5"), now: now, random: 0)
        fail(.interrupted(.truncated))
        #expect(pauses.last == .milliseconds(800))
        guard case .watch(let version, let timeout, let deadline) = state.step(now: now, random: 0) else {
            Issue.record("a dropped watch is not resumed")
            return
        }
        #expect(version == "5" && timeout == .seconds(290) && deadline == now.advanced(by: .seconds(300)))
    }
}
