import KubernetesClient
import Testing
import VerneMQ
import Workload

@testable import Controller

@Suite("Which releases may start")
struct ReleaseMemoryTests {
    private static let key = ObjectKey(namespace: "one", name: "mqtt")
    private static let older = VerneMQVersion(2, 0, 1)
    private static let newer = VerneMQVersion(2, 2, 0)

    @Test("a release is there until every pod is back and none is of it")
    func until() {
        var memory = ReleaseMemory()
        #expect(memory.note([Self.older], isComplete: true, Self.key) == [Self.older])
        #expect(memory.note([], isComplete: false, Self.key) == [Self.older], "all pods are away for a moment")
        #expect(memory.note([Self.newer], isComplete: false, Self.key) == [Self.older, Self.newer])
        #expect(memory.note([Self.newer], isComplete: true, Self.key) == [Self.newer])
        #expect(memory.note([], isComplete: true, Self.key) == [], "scaled to zero")
    }

    @Test("one set's memory is not another's, and a set that is gone is forgotten")
    func apart() {
        var memory = ReleaseMemory()
        let other = ObjectKey(namespace: "two", name: "mqtt")
        _ = memory.note([Self.older], isComplete: true, Self.key)
        #expect(memory.note([Self.newer], isComplete: false, other) == [Self.newer])
        memory.forget(Self.key)
        #expect(memory.note([Self.newer], isComplete: false, Self.key) == [Self.newer])
    }
}
