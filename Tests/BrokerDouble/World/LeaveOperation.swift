/// A `cluster leave` under way inside the brokers. It goes on when the command that began it has given up.
struct LeaveOperation: Sendable {
    enum State: Sendable, Equatable {
        /// It waits for the cluster to be consistent (no member down). A zombie waits for ever.
        case waiting
        /// The queues that it saw at its beginning move to the members that it saw then. `gone`: how many had left before.
        case migrating(until: Double, targets: [String], queues: [String], gone: Int)
        /// It has come to its end.
        case ended(AdminReply)
    }

    let node: String
    let began: Double
    var state: State

    var isUnderWay: Bool {
        if case .ended = state { false } else { true }
    }
}

extension World {
    mutating func advanceLeaves() {
        for id in leaves.keys.sorted() {
            guard var leave = leaves[id] else { continue }
            advance(&leave)
            leaves[id] = leave
        }
    }

    private mutating func advance(_ leave: inout LeaveOperation) {
        guard let leaver = broker(named: leave.node), leaver.phase == .up, leaver.began <= leave.began else {
            if case .ended = leave.state { return }
            leave.state = .ended(.failure("RPC to '\(leave.node)' failed: nodedown"))
            return
        }
        switch leave.state {
        case .waiting:
            let others = leaver.membership.members.subtracting([leaver.name])
            let ready = others.allSatisfy { other in
                reaches(leaver.name, other) && broker(named: other)?.membership.members.contains(leaver.name) == true
            }
            guard ready else { return }
            let queues = (disks[leaver.disk]?.queues ?? [:]).keys.sorted()
            leave.state = .migrating(
                until: now + 1.2 + 0.008 * Double(queues.count),
                targets: others.sorted(),
                queues: queues,
                gone: left.count
            )
        case .migrating(let until, let targets, let queues, let gone):
            guard now >= until else { return }
            leave.state = .ended(complete(leaver, targets: targets, queues: queues, gone: gone))
        case .ended:
            return
        }
    }

    /// The queues arrive, the survivors forget the leaver, its cluster state goes from its disk, its process ends soon.
    private mutating func complete(_ leaver: Broker, targets: [String], queues: [String], gone: Int) -> AdminReply {
        var messages = 0
        for queue in queues {
            guard let waiting = disks[leaver.disk]?.queues.removeValue(forKey: queue) else { continue }
            messages += waiting
            // One that has left since is still a target: the list was made at the beginning.
            let target = targets.randomElement(using: &random)
            if let home = target.flatMap({ broker(named: $0)?.disk }) {
                disks[home]?.queues[queue] = waiting
                disks[home]?.touched = true
            } else if isJudged || target.map(left.dropFirst(gone).contains) == true {
                violations.append("queue \(queue) was moved to a member that had gone")
            } else {
                // To one that is down for the moment nothing moves: it stays where it is.
                disks[leaver.disk]?.queues[queue] = waiting
            }
        }
        if isJudged { judgeLeave(of: leaver) }
        for target in targets { forget(leaver.name, at: target) }
        disks[leaver.disk]?.membership = nil
        disks[leaver.disk]?.touched = true
        left.append(leaver.name)
        brokers[leaver.address]?.hasLeft = true
        brokers[leaver.address]?.ends = now + Double.random(in: 1...2.5, using: &random)
        let progress = "Migrated \(queues.count)/\(queues.count) queues and \(messages)/\(messages) messages\n"
        // The answer may be cut off by the node's own end.
        if Bool.random(using: &random) {
            return AdminReply(
                output: progress,
                error: "RPC to '\(leaver.name)' failed: {'EXIT', {badarg, [{erlang, atom_to_list, []}]}}\n",
                exit: 1
            )
        }
        return AdminReply(output: progress + "Done\n")
    }

    /// A member is removed from what another knows, and from its view at once.
    mutating func forget(_ node: String, at name: String) {
        guard let address = broker(named: name)?.address else { return }
        brokers[address]?.membership.remove(node)
        brokers[address]?.view.remove(node)
        persist(address)
    }
}
