import Document
import Injection
import Testing
import VerneMQ

/// An API server as far as it matters here: it fills in defaults, merges what clients send, asks the webhook, fills in
/// defaults again, and stores.
struct APIServer {
    var injector = Injector(version: "1.0.0")
    private(set) var stored: JSONValue?
    private(set) var verdict = Verdict.notSelected
    private(set) var findings: [String] = []
    /// What the client applied last: its memory for a three-way merge.
    private var applied: JSONValue = [:]
    private var generator: SeededGenerator

    /// How a client writes.
    enum Method: String, CaseIterable, Sendable {
        /// kubectl apply, client side: what the manifest does not name any more is deleted with everything in it.
        case apply
        /// Server-side apply, at its worst: of handlers and probes only the fields that the client set himself are deleted.
        case serverSideApply
        /// The whole object as the manifest has it.
        case replace
    }

    init(seed: UInt64 = 0) {
        generator = SeededGenerator(seed: seed)
    }

    /// Creates or updates the object from a manifest.
    mutating func write(_ manifest: JSONValue, by method: Method = .apply) {
        var object = manifest
        if let stored, method != .replace {
            var merge = ListMerge(isServerSide: method == .serverSideApply, generator: generator)
            object = merge.merge(stored, previous: applied, next: manifest)
            generator = merge.generator
        }
        applied = manifest
        submit(object)
    }

    /// Changes the stored object as a client does that reads it and writes it back.
    mutating func edit(_ change: (inout JSONValue) -> Void) {
        guard var object = stored else { return }
        change(&object)
        submit(object)
    }

    /// What is stored as it was at another time: the template of an old revision comes back whole.
    mutating func rollBack(to template: JSONValue) {
        edit { $0["spec"]?["template"] = template }
    }

    /// Somebody changes the object while no webhook is there to see it.
    mutating func bypass(_ change: (inout JSONValue) -> Void) {
        guard var object = stored else { return }
        change(&object)
        stored = Defaults.fill(object)
    }

    private mutating func submit(_ object: JSONValue) {
        let object = Defaults.fill(object)
        let decision = injector.decide(object, old: stored)
        verdict = decision.verdict
        findings = decision.findings.map(\.description)
        if verdict != .refused { stored = Defaults.fill(decision.object) }
    }

    var template: JSONValue { stored?["spec"]?["template"] ?? .null }

    /// The template without its injection.
    var userTemplate: JSONValue {
        injector.strip(stored ?? .null).object["spec"]?["template"] ?? .null
    }
}
