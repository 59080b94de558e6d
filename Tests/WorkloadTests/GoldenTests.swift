import Document
import Foundation
import Injection
import Testing
import VerneMQ
import Workload

/// What is made for the resources of the directory Fixtures, as people read it. `RECORD_GOLDEN=1` writes the files anew.
@Suite("What a resource becomes")
struct GoldenTests {
    let injector = Injector(version: "1.0.0")

    @Test("the objects of every fixture are what they were", arguments: Fixture.all)
    func rendered(fixture: Fixture) throws {
        let workload = fixture.workload
        let notes = workload.findings.map { "# \($0.severity.rawValue): \($0.description)\n" }.joined()
        let text = notes + YAMLDocument.serialize(workload.objects.map(\.configuration))
        try TestFiles.compare(text, TestFiles.root.appending(path: "Golden/\(fixture.name).yaml"))
    }

    @Test("every fixture is a valid resource without errors", arguments: Fixture.all)
    func valid(fixture: Fixture) {
        #expect(VerneMQStructure.validate(fixture.resource) == [])
        #expect(!fixture.workload.hasErrors, "\(fixture.workload.findings)")
    }

    @Test(
        "every StatefulSet is injected, without errors and without a warning but about plugins",
        arguments: Fixture.all
    )
    func injected(fixture: Fixture) throws {
        guard fixture.isOwn else { return }
        let set = try #require(fixture.workload.objects.last?.configuration)
        let decision = injector.inject(set)
        #expect(decision.verdict == .injected, "\(decision.findings)")
        for finding in decision.findings {
            let isKnown =
                finding.path.contains("plugins") || finding.path.hasSuffix("automountServiceAccountToken")
                || finding.problem.contains("no known VerneMQ version")
            #expect(isKnown, "\(finding)")
        }
    }

    @Test(
        "an injection changes nothing that the operator applies, so nothing is pulled at from two sides",
        arguments: Fixture.all
    )
    func noContest(fixture: Fixture) throws {
        guard fixture.isOwn else { return }
        let set = try #require(fixture.workload.objects.last?.configuration)
        let injected = injector.inject(set).object
        let losses = Self.losses(of: set, in: injected, at: "")
        #expect(losses == [])
    }

    @Test("a second pass over what was stored keeps the template", arguments: Fixture.all)
    func stable(fixture: Fixture) throws {
        guard fixture.isOwn else { return }
        let stored = injector.inject(try #require(fixture.workload.objects.last?.configuration)).object
        let again = Fixture(name: fixture.name, resource: fixture.resource, statefulSet: stored).workload
        let set = try #require(again.objects.last?.configuration)
        let decision = injector.decide(set, old: stored)
        #expect(decision.verdict == .kept)
        #expect(decision.object == stored)
    }

    /// Paths where the second value lacks or changes what the first has; lists of named things are compared by name.
    static func losses(of wanted: JSONValue, in stored: JSONValue, at path: String) -> [String] {
        switch (wanted, stored) {
        case (.object(let members), .object):
            return members.flatMap { name, value -> [String] in
                guard let other = stored[name] else { return ["\(path).\(name)"] }
                return losses(of: value, in: other, at: "\(path).\(name)")
            }
        case (.array(let elements), .array(let others)):
            return elements.enumerated().flatMap { index, element -> [String] in
                let key = ["name", "mountPath"].first {
                    element[$0] != nil && path.hasSuffix("Mounts") == ($0 == "mountPath")
                }
                let other =
                    key.map { key in others.first { $0[key] == element[key] } } ?? others.first { $0 == element }
                guard let other else { return ["\(path)[\(index)]"] }
                return losses(of: element, in: other, at: "\(path)[\(index)]")
            }
        default:
            return wanted == stored ? [] : [path]
        }
    }
}

extension Fixture {
    var workload: DesiredWorkload {
        DesiredWorkload.make(from: resource, settings: PlainSettings.of(resource), statefulSet: statefulSet)
    }
}
