import Membership

/// A random history of one set, told by its seed.
public struct History: Sendable {
    /// The seed.
    public let seed: UInt64
    /// What went against a law; empty if all is well.
    public let violations: [String]
    /// What happened, line by line, if it was asked for.
    public let trace: [String]
    /// How often what happened.
    public let counts: [String: Int]
    /// How many seconds it took in its own time.
    public let seconds: Double

    /// Lets a history happen.
    ///
    /// - Parameters:
    ///   - seed: of everything in it.
    ///   - faults: deliberate ones.
    ///   - isTraced: whether to tell what happens.
    public init(seed: UInt64, faults: Set<Simulation.Fault> = [], isTraced: Bool = false) {
        var dice = SeededGenerator(seed: seed)
        let replicas = Int.random(in: 1...4, using: &dice)
        var kubernetes = KubernetesState(
            replicas: replicas,
            policy: Bool.random(using: &dice) ? .parallel : .orderedReady,
            storage: Int.random(in: 0..<4, using: &dice) == 0 ? .ephemeral : .persistent
        )
        kubernetes.set = "v"
        kubernetes.service = "s"
        kubernetes.namespace = "n"
        kubernetes.domain = "d"
        if Int.random(in: 0..<8, using: &dice) == 0 { kubernetes.start = 2 }
        let simulation = Simulation(seed: dice.next(), kubernetes: kubernetes, faults: faults, isTraced: isTraced)
        simulation.note("\(replicas) replicas from \(kubernetes.start), \(kubernetes.policy), \(kubernetes.storage)")
        var script = Script(simulation: simulation, dice: dice)
        script.play()
        self.seed = seed
        violations = simulation.violations
        trace = simulation.trace
        counts = simulation.counts
        seconds = simulation.now - 1000
    }
}

/// What happens to a set, one random thing after the other.
private struct Script {
    let simulation: Simulation
    var dice: SeededGenerator
    var later: [(at: Double, do: (Simulation) -> Void)] = []
    var clients = 0
    /// Whether nothing was broken by force.
    var isOrderly = true

    mutating func play() {
        if Int.random(in: 0..<4, using: &dice) > 0 { settle(900) }
        store()
        for _ in 0..<Int.random(in: 2...7, using: &dice) {
            happen()
            let gaps: [ClosedRange<Double>] = [0...2, 2...20, 20...120, 120...700]
            wait(Double.random(in: gaps.randomElement(using: &dice) ?? 0...1, using: &dice))
            if Int.random(in: 0..<3, using: &dice) == 0 { store() }
        }
        calm()
        settle(2 * 3600)
        judgeEnd()
    }

    private mutating func wait(_ seconds: Double) {
        let end = simulation.now + seconds
        while true {
            later.sort { $0.at < $1.at }
            guard let next = later.first, next.at <= end else { break }
            later.removeFirst()
            simulation.run(to: max(next.at, simulation.now))
            next.do(simulation)
        }
        simulation.run(to: max(end, simulation.now))
    }

    /// Until all is well, but no longer than that.
    private mutating func settle(_ seconds: Double) {
        let end = simulation.now + seconds
        while simulation.now < end, !simulation.isSettled { wait(15) }
    }

    private mutating func calm() {
        simulation.note("— calm —")
        wait(0)
        for event in later { event.do(simulation) }
        later = []
        simulation.world.kubernetes.mood = .answers
        simulation.world.kubernetes.moods = [:]
        simulation.world.names = NameService()
        simulation.world.severed = []
        simulation.operatorState.isCut = false
        if simulation.world.kubernetes.replicas == 0 { scale(to: 2) }
        for pod in simulation.pods.values where pod.heldUntil > simulation.now {
            pod.heldUntil = simulation.now
            if pod.stage == .waiting { pod.wake = min(pod.wake, simulation.now + 1) }
        }
        simulation.operatorState.downUntil = simulation.now
        simulation.changed()
    }

    private func judgeEnd() {
        simulation.judgeStores()
        let condition = simulation.operatorState.conditions.first
        if !simulation.isSettled, let stuck = simulation.undecided, condition?.status == .isFalse {
            // Two states, and no way to tell which is to be kept: nobody loses anything, and a person is asked.
            simulation.count("a person must decide")
            simulation.note("a person must decide about \(stuck); operator: \(condition?.message ?? "")")
        } else if !simulation.isSettled {
            let views = simulation.world.brokers.values.sorted { $0.name < $1.name }.map {
                "\(simulation.short([$0.name])) lists \(simulation.short($0.view))"
            }
            simulation.violate(
                "it does not converge: wanted \(simulation.world.kubernetes.wanted),"
                    + " \(views.joined(separator: "; ")); operator: \(condition?.reason ?? "") \(condition?.message ?? "")"
            )
        } else {
            simulation.run(to: simulation.now + 400)
            if !simulation.isSettled { simulation.violate("it does not stay as it is") }
            if simulation.operatorState.conditions.first?.status != .isTrue {
                simulation.violate("all is well, and the operator says: \(condition?.reason ?? "nothing")")
            }
        }
        if isOrderly, simulation.isSettled, simulation.counts["leave failed"] == nil,
            simulation.world.kubernetes.storage == .persistent
        {
            let reported = simulation.operatorState.memory.unmigrated
            // What was reported and came back since has been moved aside in its volume.
            let aside = Set(simulation.allVolumes.flatMap(\.aside))
            for disk in simulation.world.disks.values
            where !disk.queues.isEmpty && reported[disk.owner] == nil && !aside.contains(disk.id) {
                for client in disk.queues.keys.sorted() where simulation.world.stranded.contains(client) {
                    simulation.violate("messages of \(client) stayed behind unreported in an orderly history")
                }
            }
        }
        for violation in simulation.world.violations { simulation.violate(violation) }
    }

    // MARK: What can happen

    private mutating func store() {
        guard simulation.isSettled else { return }
        for broker in simulation.world.inService {
            for _ in 0..<Int.random(in: 1...3, using: &dice) {
                clients += 1
                simulation.world.store(client: "c\(clients)", messages: 1, on: broker.name)
            }
        }
    }

    private mutating func scale(to replicas: Int) {
        if replicas == 0 { isOrderly = false }
        simulation.note("— scaled to \(replicas) —")
        simulation.world.kubernetes.replicas = replicas
        simulation.operatorState.generation += 1
        simulation.changed()
    }

    private mutating func anyPod() -> SimulatedPod? {
        simulation.pods.values.sorted { $0.ordinal < $1.ordinal }.randomElement(using: &dice)
    }

    private mutating func happen() {
        let kind = Int.random(in: 0..<22, using: &dice)
        switch kind {
        case 0..<6:
            let replicas = Int.random(in: 0..<12, using: &dice) == 0 ? 0 : Int.random(in: 1...5, using: &dice)
            scale(to: replicas)
        case 6:
            simulation.note("— rolling update —")
            simulation.world.kubernetes.revision += 1
            simulation.operatorState.generation += 1
            simulation.changed()
        case 7, 8:
            if let pod = anyPod() { simulation.delete(pod.uid) }
        case 9, 10, 11: kill()
        case 12, 13: sever()
        case 14: overlook()
        case 15: loseVolume()
        case 16: muteAPI()
        case 17: muteNames()
        case 18:
            simulation.note("— operator restarts —")
            simulation.operatorState.planned = nil
            simulation.operatorState.downUntil = simulation.now + Double.random(in: 1...900, using: &dice)
            simulation.operatorState.wake = simulation.operatorState.downUntil
        case 19, 20:
            simulation.operatorState.death = SimulatedOperator.Death.allCases.randomElement(using: &dice)
        default:
            guard simulation.world.kubernetes.start > 0 || simulation.world.kubernetes.replicas > 1 else { return }
            // The cluster may go with all who know it, and only a person knows where its messages are.
            isOrderly = false
            settle(600)
            simulation.note("— the first ordinal changes —")
            let up = simulation.world.kubernetes.start == 0
            simulation.world.kubernetes.start += up ? 1 : -1
            simulation.world.kubernetes.replicas += up ? -1 : 1
            simulation.operatorState.generation += 1
            simulation.changed()
        }
    }

    private mutating func kill() {
        guard let pod = anyPod(), simulation.world.brokers[pod.address] != nil else { return }
        isOrderly = false
        if Bool.random(using: &dice) { pod.heldUntil = simulation.now + Double.random(in: 10...900, using: &dice) }
        simulation.note("— \(pod.name) is killed, held until \(Int(pod.heldUntil)) —")
        simulation.containerEnded(pod)
        guard pod.heldUntil <= simulation.now, clients % 4 == 1 else { return }
        simulation.note("— all others overlook it for a while —")
        for other in simulation.pods.values where other.uid != pod.uid {
            simulation.world.overlook(pod.node, at: other.node, for: 25)
        }
    }

    private mutating func sever() {
        guard let pod = anyPod() else { return }
        isOrderly = false
        var pairs: Set<Set<String>> = []
        let isWhole = Bool.random(using: &dice)
        for other in simulation.pods.values.sorted(by: { $0.ordinal < $1.ordinal }) where other.node != pod.node {
            if isWhole || Bool.random(using: &dice) { pairs.insert([pod.node, other.node]) }
        }
        simulation.note("— \(pod.name) is cut off from \(pairs.count) —")
        simulation.world.severed.formUnion(pairs)
        if Int.random(in: 0..<3, using: &dice) == 0 { simulation.operatorState.isCut = true }
        later.append(
            (
                simulation.now + Double.random(in: 1...400, using: &dice),
                { simulation in
                    simulation.note("— the cut is mended —")
                    simulation.world.severed.subtract(pairs)
                    simulation.operatorState.isCut = false
                }
            )
        )
    }

    private mutating func overlook() {
        guard let pod = anyPod(), let other = anyPod(), pod.uid != other.uid else { return }
        simulation.note("— \(other.name) overlooks \(pod.name) for a while —")
        simulation.world.overlook(pod.node, at: other.node, for: Double.random(in: 1...25, using: &dice))
    }

    private mutating func loseVolume() {
        guard let pod = anyPod(), simulation.world.kubernetes.storage == .persistent else { return }
        isOrderly = false
        simulation.note("— \(pod.name) loses its volume —")
        simulation.count("volumes lost")
        for disk in pod.volume.aside + [pod.volume.disk].compactMap({ $0 }) { simulation.world.destroy(disk: disk) }
        pod.volume.disk = nil
        pod.volume.aside = []
        pod.volume.records = HookRecords()
        pod.volume.generation += 1
        if simulation.world.brokers[pod.address] != nil { simulation.containerEnded(pod) }
        // A lost volume means a pod made anew: its init containers run.
        simulation.delete(pod.uid)
    }

    private mutating func muteAPI() {
        isOrderly = false
        let mood = [APIServerMood.refuses, .silent, .forbids].randomElement(using: &dice) ?? .silent
        simulation.note("— the API server \(mood) —")
        simulation.world.kubernetes.mood = mood
        later.append(
            (
                simulation.now + Double.random(in: 10...600, using: &dice),
                { $0.world.kubernetes.mood = .answers }
            )
        )
    }

    private mutating func muteNames() {
        isOrderly = false
        simulation.note("— the name server is gone —")
        simulation.world.names.mood = Bool.random(using: &dice) ? .silent : .fails
        later.append(
            (
                simulation.now + Double.random(in: 10...600, using: &dice),
                { $0.world.names.mood = .answers }
            )
        )
    }
}
