import Document
import PKI
import Testing

@testable import Controller

/// Certificates of known ages, and what webhook configurations make of them.
private struct Scene {
    static let now: Int64 = 1_800_000_000
    let policy: CertificatePolicy
    var state: CertificateState
    var bundle: [Certificate]
    var remembered: CertificateState?
    var hasSecret = true

    /// A state in which there is nothing to do: everything was made `age` seconds ago.
    init(age: Int64 = 0) throws {
        policy = try CertificateWorld.policy()
        state = try CertificateStep.create.carryOut(
            on: nil,
            configurations: [],
            policy: policy,
            now: Self.now - age
        )
        bundle = state.bundle
    }

    /// Another authority, made now.
    func authority(age: Int64 = 0) throws -> CertificateState.Holder {
        let step = CertificateStep.create
        let made = try step.carryOut(on: nil, configurations: [], policy: policy, now: Self.now - age)
        return try #require(made.authority)
    }

    func configurations() throws -> [WebhookBundles] {
        let text = JSONValue.string(try WebhookBundlesTests.text(bundle))
        return CertificateWorld.kinds.map { kind in
            WebhookBundles(
                kind,
                ["webhooks": [["clientConfig": ["caBundle": text]], ["clientConfig": ["caBundle": text]]]]
            )
        }
    }

    func decide() throws -> CertificateDecision {
        CertificateDecision(
            now: Self.now,
            state: hasSecret ? state : nil,
            remembered: remembered,
            configurations: try configurations(),
            policy: policy
        )
    }
}

private struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var age: Int64 = 0
    var change: @Sendable (inout Scene) throws -> Void
    var step: CertificateStep?
    var testDescription: String { name }

    init(
        _ name: String,
        _ step: CertificateStep?,
        age: Int64 = 0,
        _ change: @escaping @Sendable (inout Scene) throws -> Void = { _ in }
    ) {
        (self.name, self.step, self.age, self.change) = (name, step, age, change)
    }
}

private let day: Int64 = 86_400

private let cases: [Case] = [
    // Nothing
    Case("all is well", nil),
    Case("a bundle was cleared: that is no matter of the Secret", nil) { $0.bundle = [] },
    // First start, and losses
    Case("there is no Secret", .create) { $0.hasSecret = false },
    Case("there is no Secret any more", .restore) {
        $0.hasSecret = false
        $0.remembered = $0.state
    },
    Case("there is no Secret any more, and what is remembered cannot sign", .create) {
        $0.hasSecret = false
        $0.remembered = $0.state
        $0.remembered?.authority?.key = nil
    },
    Case("the Secret is empty", .startOver) { $0.state = CertificateState() },
    Case("the authority has expired", .startOver, age: 31 * day),
    Case("the authority has expired, and the next one can sign", .promote, age: 31 * day) {
        $0.state.next = try $0.authority()
    },
    // Serving
    Case("the serving certificate is two thirds through", .issueServing, age: 4 * day),
    Case("the serving certificate is not yet two thirds through", nil, age: 3 * day),
    Case("the serving certificate is gone", .issueServing) { $0.state.serving = nil },
    Case("the serving certificate's key is gone", .issueServing) { $0.state.serving?.key = nil },
    Case("the serving certificate is another authority's", .issueServing) {
        $0.state.authority = try $0.authority()
    },
    Case("the serving certificate is for another name", .issueServing) { scene in
        let authority = CertificateAuthority(try #require(scene.state.authority?.credential))
        let names = [try SubjectName("vmq.mq.svc")]
        let other = try authority.issueServer(names: names, lifetime: .seconds(5 * day), now: Scene.now)
        scene.state.serving = .init(other)
    },
    Case("a serving certificate that ends with its authority cannot be had longer", .beginRotation, age: 29 * day) {
        scene in
        let authority = CertificateAuthority(try #require(scene.state.authority?.credential))
        let last = try authority.issueServer(
            names: scene.policy.names,
            lifetime: .seconds(5 * day),
            now: Scene.now - 29 * day + 29 * day - 3_600 * 2
        )
        scene.state.serving = .init(last)
    },
    // Rotation
    Case("the authority's key is gone", .beginRotation) { $0.state.authority?.key = nil },
    Case("the next authority is in no bundle", nil) { $0.state.next = try $0.authority() },
    Case("the next authority cannot sign", .beginRotation) {
        $0.state.next = try $0.authority()
        $0.state.next?.key = nil
    },
    Case("the next authority is in every bundle", .notePublished) {
        $0.state.next = try $0.authority()
        $0.bundle = $0.state.bundle
    },
    Case("the next authority has been in every bundle for half a minute", nil) {
        $0.state.next = try $0.authority()
        $0.bundle = $0.state.bundle
        $0.state.published = Scene.now - 30
    },
    Case("the next authority has been in every bundle for a minute", .promote) {
        $0.state.next = try $0.authority()
        $0.bundle = $0.state.bundle
        $0.state.published = Scene.now - 60
    },
    Case("the next authority was in every bundle, and is no longer", .withdrawPublished) {
        $0.state.next = try $0.authority()
        $0.state.published = Scene.now - 60
    },
    Case("a moment beyond all numbers", .notePublished) {
        $0.state.next = try $0.authority()
        $0.bundle = $0.state.bundle
        $0.state.published = .max
    },
    Case("there is nothing to show, and the next authority is published", .promote) {
        $0.state.next = try $0.authority()
        $0.bundle = $0.state.bundle
        $0.state.authority?.key = nil
        $0.state.serving = nil
    },
    Case("the successor has taken over just now", nil) {
        $0.state.previous = [try $0.authority().certificate]
        $0.state.promoted = Scene.now - 3_599
        $0.bundle = $0.state.bundle
    },
    Case("the overlap is over", .retire) {
        $0.state.previous = [try $0.authority().certificate]
        $0.state.promoted = Scene.now - 3_600
        $0.bundle = $0.state.bundle
    },
    Case("the overlap began in a future beyond all clocks", .retire) {
        $0.state.previous = [try $0.authority().certificate]
        $0.state.promoted = .max
        $0.bundle = $0.state.bundle
    },
    Case("the authority is due, and the one before is still trusted", nil, age: 20 * day) {
        $0.state.previous = [try $0.authority().certificate]
        $0.state.promoted = Scene.now - 60
        $0.bundle = $0.state.bundle
        let renewed = try CertificateStep.issueServing.carryOut(
            on: $0.state,
            configurations: [],
            policy: $0.policy,
            now: Scene.now
        )
        $0.state.serving = renewed.serving
    },
    Case("the authority is due", .beginRotation, age: 20 * day) {
        let renewed = try CertificateStep.issueServing.carryOut(
            on: $0.state,
            configurations: [],
            policy: $0.policy,
            now: Scene.now
        )
        $0.state.serving = renewed.serving
    },
    Case("the overlap is over, and a bundle lacks the authority", nil) {
        $0.state.previous = [try $0.authority().certificate]
        $0.state.promoted = Scene.now - 3_600
        $0.bundle = $0.state.previous
    },
]

@Suite("Certificate decisions")
struct DecisionTests {
    @Test("each situation has its step", arguments: cases)
    private func step(_ given: Case) throws {
        var scene = try Scene(age: given.age)
        if given.step != .issueServing, given.step != .startOver, given.age == 0 {
            try #require(scene.decide().step == nil)
        }
        try given.change(&scene)
        let decision = try scene.decide()
        #expect(decision.step == given.step)
        // Whatever is trusted now is not taken away before the Secret says what comes instead.
        let waits = [.create, .restore, .startOver].contains(decision.step)
        #expect(decision.bundle == (waits ? nil : scene.state.bundle))
    }

    @Test("a start from nothing goes on trusting what the configurations trust")
    func inheritance() throws {
        let scene = try Scene()
        let state = try CertificateStep.create.carryOut(
            on: nil,
            configurations: try scene.configurations(),
            policy: scene.policy,
            now: Scene.now
        )
        #expect(state.previous == scene.bundle)
        #expect(state.authority?.certificate != scene.state.authority?.certificate)
        // An authority that has expired is not worth it.
        let late = try CertificateStep.create.carryOut(
            on: nil,
            configurations: try scene.configurations(),
            policy: scene.policy,
            now: Scene.now + 31 * day
        )
        #expect(late.previous.isEmpty)
    }

    @Test(
        "certificates are backdated, short of their authority's end, for the Service's names, with long serial numbers"
    )
    func certificates() throws {
        let scene = try Scene()
        let authority = try #require(scene.state.authority?.certificate)
        let serving = try #require(scene.state.serving?.certificate)
        #expect(authority.notBefore == Scene.now - 3_600)
        #expect(serving.notBefore == Scene.now - 3_600)
        #expect(serving.notAfter == Scene.now + 5 * day)
        #expect(serving.covers(.dns("vmq.mq.svc")))
        #expect(serving.covers(.dns("vmq.mq.svc.cluster.local")))
        #expect(!serving.covers(.dns("vmq.other.svc")))
        #expect(authority.serialNumber.count > 24 && authority.serialNumber != serving.serialNumber)
        let late = try CertificateStep.issueServing.carryOut(
            on: scene.state,
            configurations: [],
            policy: scene.policy,
            now: Scene.now + 29 * day
        )
        #expect(late.serving?.certificate.notAfter == authority.notAfter)
        #expect(throws: PKIError.authorityExpired) {
            try CertificateStep.issueServing.carryOut(
                on: scene.state,
                configurations: [],
                policy: scene.policy,
                now: Scene.now + 31 * day
            )
        }
    }

    @Test("a replica goes over to a new certificate when the API server accepts it, or when the old one is of no use")
    func choice() throws {
        var scene = try Scene(age: 2 * day)
        let old = scene.state
        let shown = try #require(old.serving?.certificate)
        var new = try CertificateStep.create.carryOut(on: nil, configurations: [], policy: scene.policy, now: Scene.now)
        new.previous = old.bundle
        func choice(_ shown: Certificate?, _ state: CertificateState?, at now: Int64 = Scene.now) throws -> Certificate?
        {
            let made = ServingChoice(shown: shown, state: state, configurations: try scene.configurations(), now: now)
            guard case .show(let credential) = made else { return nil }
            return credential.certificate
        }
        #expect(try choice(nil, old) == shown)
        #expect(try choice(shown, old) == nil)
        #expect(try choice(shown, nil) == nil)
        #expect(try choice(shown, new) == nil)
        #expect(try choice(nil, new) == new.serving?.certificate)
        scene.bundle = new.bundle
        #expect(try choice(shown, new) == new.serving?.certificate)
        scene.bundle = []
        #expect(try choice(shown, new) == new.serving?.certificate)
        // One webhook that trusts nobody does not decide for the others.
        scene.bundle = old.bundle
        var halfCleared = try scene.configurations()
        let emptied = try #require(halfCleared.last)
        halfCleared[halfCleared.count - 1] = WebhookBundles(
            emptied.kind,
            ["metadata": ["name": .string(emptied.name)], "webhooks": [["name": "a", "clientConfig": [:]]]]
        )
        #expect(halfCleared.count > 1)
        let kept = ServingChoice(shown: shown, state: new, configurations: halfCleared, now: Scene.now)
        guard case .keep = kept else { return #expect(Bool(false), "went over to what nobody accepts") }
        #expect(try choice(shown, new, at: Scene.now + 4 * day) == new.serving?.certificate)
        new.serving?.key = nil
        scene.bundle = new.bundle
        #expect(try choice(shown, new) == nil)
    }
}
