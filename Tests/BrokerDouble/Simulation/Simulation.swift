import Membership

/// A set of brokers, its kubelets, its hooks, its StatefulSet controller and the operator's planner, all as pure models on
/// one `World`, in simulated time. Nothing runs but this; the same seed gives the same history.
public final class Simulation {
    /// Deliberate faults, to show that the laws notice. Those of `join` and `leave` that pass over somebody were found in the
    /// scripts by this simulation, and are mended there (`CautionTests` of the hooks).
    public enum Fault: String, Sendable, CaseIterable {
        /// `leave` leaves at every deletion, also when the pod comes back to its volume.
        case leavesOnRestart
        /// `leave` does not wait for other leavers.
        case ignoresOtherLeavers
        /// `leave` does not ask whether somebody is there to leave to.
        case leavesAlone
        /// `join` takes silence for absence.
        case foundsOnSilence
        /// What should be moved aside is deleted.
        case deletesState
        /// One look is enough to give up state that is denied.
        case believesOneDenial
        /// `join` takes any answer for membership.
        case goesIntoServiceUnjoined
        /// `join` joins somebody else while the only member of a cluster that is up cannot be confirmed by another one.
        case passesOverTheUnconfirmed
        /// `join` takes its old membership for good while another cluster of the set is in service.
        case ignoresAnotherCluster
        /// `join` becomes the cluster while another pod is stopping that comes back with its state.
        case foundsBesideWhoStops
        /// `join` becomes the cluster on the state of a node that has left, while those it left are not up.
        case foundsOnLeftState
        /// `leave` overlooks another leaver that joined so lately that its own view does not show it.
        case overlooksLateJoiners
        /// The operator removes every member that is down.
        case removesWhoIsDown
        /// The operator does not mind pods that start and stop.
        case actsInUnrest
        /// The operator does not look again before it acts.
        case actsOnOldKnowledge
        /// The operator removes ghosts at once.
        case ignoresGhostTimeout
        /// The operator never removes anybody.
        case neverRemoves
        /// The operator lets the first of the set do it.
        case actsThroughTheFirst
        /// The operator forgets everything when it restarts, and restarts for ever before the ghost timeout.
        case forgets
    }

    var world: World
    var random: SeededGenerator
    let faults: Set<Fault>
    /// By uid.
    var pods: [String: SimulatedPod] = [:]
    /// Claims by ordinal.
    var volumes: [Int: DataVolume] = [:]
    /// Every volume that ever was.
    var allVolumes: [DataVolume] = []
    var nodeNames: [String: String] = [:]
    var ordinals: [String: Int] = [:]
    var counter = 0
    var controllerWake = Double.infinity
    var operatorState = SimulatedOperator()
    /// What went against a law.
    public private(set) var violations: [String] = []
    /// What happened, if it is to be told.
    public private(set) var trace: [String] = []
    let isTraced: Bool
    /// Since when a broker in service is denied by all others.
    var deniedSince: [String: Double] = [:]
    /// When the pod of an ordinal went.
    var podGone: [Int: Double] = [:]
    var createdAt: [String: Double] = [:]
    var readyChanged: [String: Double] = [:]
    /// How many events of each kind happened, for the summary.
    public internal(set) var counts: [String: Int] = [:]

    init(seed: UInt64, kubernetes: KubernetesState, faults: Set<Fault>, isTraced: Bool) {
        random = SeededGenerator(seed: seed)
        world = World(seed: random.next(), now: 1000, kubernetes: kubernetes)
        world.isJudged = false
        world.noticesPartitionsLate = true
        self.faults = faults
        self.isTraced = isTraced
        controllerWake = 1000
    }

    var now: Double { world.now }

    func note(_ text: @autoclosure () -> String) {
        if isTraced { trace.append("\(Int(world.now)) \(text())") }
    }

    func violate(_ text: String) {
        note("VIOLATION \(text)")
        if violations.count < 20, !violations.contains(text) { violations.append(text) }
    }

    func count(_ what: String) { counts[what, default: 0] += 1 }

    func ordinal(of node: String) -> Int { ordinals[node] ?? Int.max }

    func short(_ nodes: some Sequence<String>) -> String {
        nodes.map { ordinals[$0].map(String.init) ?? $0 }.sorted().joined(separator: ",")
    }

    func seconds(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }

    /// Lets everything happen until a moment.
    func run(to end: Double) {
        while true {
            var next = min(end, world.nextEvent, controllerWake, operatorState.wake)
            for pod in pods.values { next = min(next, pod.wake) }
            world.advance(to: max(next, world.now))
            for case .endProcess(_, let address) in world.takeEffects() {
                if let pod = pods.values.first(where: { $0.address == address }) {
                    note("\(pod.name) has left, its process ends")
                    containerEnded(pod)
                }
            }
            for pod in pods.values.filter({ $0.wake <= world.now }).sorted(by: { $0.uid < $1.uid }) { step(pod) }
            if controllerWake <= world.now { controlSet() }
            if operatorState.wake <= world.now { operate() }
            judge()
            if world.now >= end { return }
        }
    }

    func step(_ pod: SimulatedPod) {
        switch pod.stage {
        case .pending: arrive(pod)
        case .preparing: prepare(pod)
        case .running: stepJoin(pod)
        case .stopping: stepLeave(pod)
        case .waiting: startContainer(pod)
        case .gone: pod.wake = .infinity
        }
    }
}
