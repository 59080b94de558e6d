import Document
import PKI
import Testing

@testable import Controller

/// A Secret, two webhook configurations and their resource versions: all that replicas have in common, and a clock.
final class CertificateWorld {
    var now: Int64 = 1_800_000_000
    private(set) var secret: JSONValue? {
        didSet { state = secret.map { CertificateSecret.read($0).state } }
    }
    /// The Secret, read.
    private(set) var state: CertificateState?
    private(set) var configurations: [JSONValue] {
        didSet {
            allBundles = zip(Self.kinds, configurations).map { WebhookBundles($0, $1) }
            accepted = [[:], [:]]
        }
    }
    /// The configurations, read.
    private var allBundles: [WebhookBundles] = []
    /// What each of them accepts, as far as it has been asked.
    private var accepted: [[Certificate: Bool]] = [[:], [:]]
    private var version = 1
    /// Configurations whose bundle was cleared and has not been written since.
    private(set) var cleared: Set<Int> = []
    /// What has been done to the Secret.
    private(set) var steps: [CertificateStep] = []

    let policy: CertificatePolicy

    static let kinds: [WebhookBundles.Kind] = [.mutating, .validating]

    init(_ policy: CertificatePolicy) {
        self.policy = policy
        configurations = [
            ["metadata": ["name": "vmq", "resourceVersion": "1"], "webhooks": [["name": "a", "clientConfig": [:]]]],
            [
                "metadata": ["name": "vmq", "resourceVersion": "1"],
                "webhooks": [["name": "b", "clientConfig": [:]], ["name": "c", "clientConfig": [:]]],
            ],
        ]
        allBundles = zip(Self.kinds, configurations).map { WebhookBundles($0, $1) }
    }

    static func policy(_ change: (inout CertificatePolicy) -> Void = { _ in }) throws -> CertificatePolicy {
        var policy = CertificatePolicy(
            names: try CertificatePolicy.names(service: "vmq", namespace: "mq"),
            authorityLifetime: 30 * 86_400,
            servingLifetime: 5 * 86_400
        )
        change(&policy)
        return policy
    }

    /// A configuration as it is now.
    func bundles(_ index: Int) -> WebhookBundles {
        allBundles[index]
    }

    // MARK: What the API server does

    /// POST of a Secret.
    func create(_ new: JSONValue, _ step: CertificateStep) -> Bool {
        guard secret == nil else { return false }
        store(new, step)
        return true
    }

    /// PUT of a Secret.
    func replace(_ new: JSONValue, _ step: CertificateStep) -> Bool {
        guard let secret, secret["metadata"]?["resourceVersion"] == new["metadata"]?["resourceVersion"] else {
            return false
        }
        store(new, step)
        return true
    }

    /// PATCH of a configuration.
    func apply(_ patch: JSONPatch, to index: Int) throws -> Bool {
        let patched = try patch.apply(to: configurations[index])
        guard patched["metadata"]?["resourceVersion"] == configurations[index]["metadata"]?["resourceVersion"] else {
            return false
        }
        configurations[index] = stamped(patched)
        cleared.remove(index)
        return true
    }

    private func store(_ new: JSONValue, _ step: CertificateStep) {
        secret = stamped(new)
        steps.append(step)
    }

    private func stamped(_ object: JSONValue) -> JSONValue {
        version += 1
        var object = object
        object["metadata"]?["resourceVersion"] = .string(String(version))
        return object
    }

    // MARK: What people do

    func clear(_ index: Int) {
        var changed = configurations[index]
        changed["webhooks"]?[0]?["clientConfig"]?["caBundle"] = nil
        configurations[index] = stamped(changed)
        cleared.insert(index)
    }

    func deleteSecret() {
        secret = nil
    }
}

/// A replica: it shows a certificate, and perhaps leads. Both go on by one request at a time, at their own pace.
final class CertificateReplica {
    let name: String
    private(set) var shown: Certificate?
    /// Whether it has been ready: traffic comes from then on.
    private(set) var isReady = false
    private(set) var remembered: CertificateState?
    /// When the serving side began its last complete round.
    private(set) var lastRound: Int64

    private var serving: [WebhookBundles] = []
    private var servingSince: Int64
    private var leading = Leading.begin

    /// How far a leader has come. Requests have deadlines: what was read longer ago is not acted on.
    private enum Leading {
        case begin
        case read([WebhookBundles], since: Int64)
        case write(Plan, bundlesLeft: [Int], since: Int64)
    }

    /// What a leader has made of what it read.
    private struct Plan {
        var configurations: [WebhookBundles]
        var secret: JSONValue?
        var state: CertificateState?
        var decision: CertificateDecision
    }

    private static let patience: Int64 = 60

    init(_ name: String, _ now: Int64) {
        self.name = name
        lastRound = now
        servingSince = now
    }

    /// Dies and comes back, knowing nothing.
    func restart(_ world: CertificateWorld) {
        shown = nil
        isReady = false
        remembered = nil
        serving = []
        leading = .begin
        lastRound = world.now
        servingSince = world.now
    }

    /// One request of the serving side.
    func serve(_ world: CertificateWorld) {
        if serving.isEmpty { servingSince = world.now }
        if serving.count < 2 {
            serving.append(world.bundles(serving.count))
            return
        }
        if let state = world.state { remembered = state }
        let choice = ServingChoice(shown: shown, state: world.state, configurations: serving, now: world.now)
        if case .show(let credential) = choice { shown = credential.certificate }
        if let shown, ServingChoice.isAccepted(shown, by: serving, at: world.now) { isReady = true }
        serving = []
        lastRound = servingSince
    }

    /// A whole round of the serving side.
    func serveRound(_ world: CertificateWorld) {
        repeat { serve(world) } while !serving.isEmpty
    }

    /// One request of a leader.
    func lead(_ world: CertificateWorld) throws {
        switch leading {
        case .begin:
            leading = .read([world.bundles(0)], since: world.now)
        case .read(let bundles, let since) where bundles.count < 2:
            leading = .read(bundles + [world.bundles(bundles.count)], since: since)
        case .read(let bundles, let since):
            let state = world.state
            let decision = CertificateDecision(
                now: world.now,
                state: state,
                remembered: remembered,
                configurations: bundles,
                policy: world.policy
            )
            let plan = Plan(configurations: bundles, secret: world.secret, state: state, decision: decision)
            leading = .write(plan, bundlesLeft: [0, 1], since: since)
        case .write(_, _, let since) where world.now - since > Self.patience:
            leading = .begin
        case .write(let plan, let left, let since):
            guard let index = left.first else {
                leading = .begin
                return try change(plan, world)
            }
            leading = .write(plan, bundlesLeft: Array(left.dropFirst()), since: since)
            if let wanted = plan.decision.bundle, let patch = try plan.configurations[index].patch(to: wanted) {
                _ = try world.apply(patch, to: index)
            }
        }
    }

    private func change(_ plan: Plan, _ world: CertificateWorld) throws {
        guard let step = plan.decision.step else { return }
        let next = try step.carryOut(
            on: plan.state ?? (step == .restore ? remembered : nil),
            configurations: plan.configurations,
            policy: world.policy,
            now: world.now
        )
        if let secret = plan.secret {
            _ = world.replace(try CertificateSecret.write(next, into: secret), step)
        } else {
            _ = world.create(try CertificateSecret.make(next, name: "vmq-tls", namespace: "mq"), step)
        }
    }

    /// A whole round of a leader.
    func leadRound(_ world: CertificateWorld) throws {
        repeat { try lead(world) } while !isAtBeginning
    }

    var isAtBeginning: Bool { if case .begin = leading { true } else { false } }
}

extension CertificateWorld {
    /// What the whole is for: whoever trusts a published bundle accepts what any replica shows that takes traffic.
    func brokenPromise(_ replicas: [CertificateReplica]) -> String? {
        for index in configurations.indices where !cleared.contains(index) {
            for replica in replicas where replica.isReady {
                guard let shown = replica.shown else { return "\(replica.name) shows nothing" }
                if !shown.isValid(at: now) {
                    return "\(replica.name) shows what has expired, steps \(steps.map(\.code))"
                }
                if !accepts(index, shown) {
                    return "\(Self.kinds[index]) does not accept what \(replica.name) shows, steps \(steps.map(\.code))"
                }
            }
        }
        return nil
    }

    private func accepts(_ index: Int, _ shown: Certificate) -> Bool {
        if let known = accepted[index][shown] { return known }
        let result = bundles(index).accept(shown)
        accepted[index][shown] = result
        return result
    }

    /// Whether there is nothing left to do now.
    func isSettled(_ replicas: [CertificateReplica]) throws -> Bool {
        guard let state, let serving = state.usableServing(at: now)?.certificate else { return false }
        let all = [bundles(0), bundles(1)]
        let decision = CertificateDecision(now: now, state: state, configurations: all, policy: policy)
        return try decision.step == nil && all.allSatisfy { try $0.patch(to: state.bundle) == nil }
            && replicas.allSatisfy { $0.isReady && $0.shown == serving }
    }

    /// Lets everybody work in turn, ten seconds a round, until there is nothing left to do.
    func settle(_ replicas: [CertificateReplica]) throws {
        for _ in 0..<2_000 {
            for replica in replicas {
                try replica.leadRound(self)
                replica.serveRound(self)
                if let broken = brokenPromise(replicas) { throw Broken(text: broken) }
            }
            if try isSettled(replicas), state?.next == nil, state?.previous.isEmpty == true { return }
            now += 10
        }
        throw Broken(text: "not settled after \(steps)")
    }

    /// Lets time go by, with everybody at work every six hours.
    func age(quarterDays: Int, _ replicas: [CertificateReplica]) throws {
        for _ in 0..<quarterDays {
            now += 6 * 3_600
            try settle(replicas)
        }
    }

    struct Broken: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
