/// What a `vmq-admin` call gives back.
public struct AdminReply: Sendable, Equatable {
    /// Standard output.
    public var output = ""
    /// Standard error.
    public var error = ""
    /// The exit code. It proves nothing: alerts come with 0.
    public var exit: Int32 = 0

    /// A reply; success without a word unless said otherwise.
    public init(output: String = "", error: String = "", exit: Int32 = 0) {
        self.output = output
        self.error = error
        self.exit = exit
    }

    static func failure(_ text: String) -> AdminReply { AdminReply(error: text + "\n", exit: 1) }
}

/// How a `vmq-admin` call goes on.
public enum AdminProgress: Sendable, Equatable {
    /// It answers after so many seconds.
    case answer(AdminReply, after: Double)
    /// It waits for a leave: ask `leaveReply` until it answers.
    case leave(Int, timeout: Double)
}

extension World {
    /// `vmq-admin …` in the pod of that address.
    public mutating func admin(_ arguments: [String], at address: String, node: String) -> AdminProgress {
        guard let broker = brokers[address] else {
            return .answer(.failure("Node '\(node)' not responding to pings."), after: 0.4)
        }
        if let early = tooEarly(broker) { return .answer(early, after: 0.5) }
        switch Array(arguments.prefix(2)) {
        case ["cluster", "show"]:
            return .answer(show(broker, json: arguments.contains("--format=json")), after: 0.4)
        case ["cluster", "join"]:
            guard let target = value(of: "discovery-node", in: arguments) else {
                return .answer(AdminReply(output: "You have to provide a discovery node\n"), after: 0.5)
            }
            let reply = join(broker, to: target)
            return .answer(reply, after: reply.output.contains("not_reachable") ? 3.4 : 0.5)
        case ["cluster", "leave"]:
            guard let target = value(of: "node", in: arguments) else {
                return .answer(AdminReply(output: "You have to provide a node\n"), after: 0.5)
            }
            return leave(target, arguments: arguments, from: broker)
        case ["node", "stop"]:
            brokers[address]?.phase = .stopped
            return .answer(AdminReply(output: "Done\n"), after: 0.6)
        default:
            if let reply = brokers[address]?.configuration.admin(arguments) { return .answer(reply, after: 0.45) }
            return .answer(AdminReply(output: "Usage: vmq-admin <sub-command>\n\n", exit: 1), after: 0.3)
        }
    }

    private func tooEarly(_ broker: Broker) -> AdminReply? {
        let age = now - broker.began
        if broker.phase == .stopped {
            return .failure(
                "RPC to '\(broker.name)' failed: {'EXIT', {badarg, [{ets, match, [vmq_status, '$1'], []}]}}"
            )
        }
        if age < 2.5 { return .failure("Node '\(broker.name)' not responding to pings.") }
        if age < 3.2 { return .failure("RPC to '\(broker.name)' failed: {'EXIT', {undef, []}}") }
        if broker.phase == .starting || age < Measured.adminAfter {
            return .failure("Error: Usage information not found for the given command\n\n")
        }
        return nil
    }

    private func value(of key: String, in arguments: [String]) -> String? {
        arguments.first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
    }

    private func show(_ broker: Broker, json: Bool) -> AdminReply {
        let rows = report(of: broker)
        if json {
            let table = rows.map { "{\"Node\":\"\($0.node)\",\"Running\":\($0.running)}" }.joined(separator: ",")
            return AdminReply(output: "{\"table\":[\(table)],\"type\":\"table\"}\n")
        }
        let width = max(4, rows.map(\.node.count).max() ?? 4)
        let rule = "+" + String(repeating: "-", count: width + 2) + "+---------+\n"
        var text =
            rule + "| \u{1B}[1mNode\u{1B}[0m" + String(repeating: " ", count: width - 4) + " | Running |\n" + rule
        for row in rows {
            let running = (row.running ? "true " : "false")
            text += "| \(row.node)\(String(repeating: " ", count: width - row.node.count)) | \(running)   |\n" + rule
        }
        return AdminReply(output: text)
    }

    private mutating func join(_ broker: Broker, to target: String) -> AdminReply {
        func refused(_ reason: String) -> AdminReply {
            AdminReply(output: "RPC to node '\(target)' failed for reason: \(reason)\n\n", exit: 1)
        }
        if target == broker.name { return refused("self_join") }
        // Whatever the target is, even one that does not exist.
        if disks[broker.disk]?.touched == true { return refused("non_empty_node") }
        guard reaches(broker.name, target), var merged = self.broker(named: target)?.membership else {
            return refused("not_reachable")
        }
        merged.merge(broker.membership)
        for member in merged.members where member == broker.name || member == target || reaches(broker.name, member) {
            learn(merged, at: member)
        }
        return AdminReply(output: "Done\n")
    }

    private mutating func leave(_ target: String, arguments: [String], from broker: Broker) -> AdminProgress {
        let kills = arguments.contains("-k") || arguments.contains("--kill_sessions")
        guard let victim = self.broker(named: target), reaches(broker.name, target) || target == broker.name else {
            return .answer(leaveDead(target, from: broker), after: 1.5)
        }
        guard kills else {
            brokers[victim.address]?.listeners = .suspended
            return .answer(AdminReply(output: "Done! Use -k to teardown and migrate existing sessions!\n"), after: 0.5)
        }
        brokers[victim.address]?.listeners = .absent
        brokers[victim.address]?.clients = 0
        let others = victim.membership.members.subtracting([target])
        if !others.contains(where: { reaches(target, $0) }), others.isEmpty {
            return .answer(AdminReply(output: "Unknown error: no_target_available\n"), after: 0.8)
        }
        let timeout = arguments.firstIndex(of: "-rpctimeout").flatMap { index in
            arguments.indices.contains(index + 1) ? Double(arguments[index + 1]) : nil
        }
        let id = nextLeave
        nextLeave += 1
        leaves[id] = LeaveOperation(node: target, began: now, state: .waiting)
        return .leave(id, timeout: timeout.map { $0 / 1000 } ?? Measured.commandTimeout)
    }

    /// Of a member that is down, or of a name that nobody knows (`Done` proves nothing).
    private mutating func leaveDead(_ target: String, from broker: Broker) -> AdminReply {
        guard broker.membership.members.contains(target) else { return AdminReply(output: "Done\n") }
        for member in broker.membership.members where member == broker.name || reaches(broker.name, member) {
            forget(target, at: member)
        }
        // The node that runs the command deletes its own cluster state from its disk (a defect).
        disks[broker.disk]?.membership = nil
        return AdminReply(output: "Done\n")
    }

    /// The answer of a leave, once there is one; the command gives up after `timeout`, the leave goes on.
    public func leaveReply(_ id: Int, timeout: Double) -> AdminReply? {
        guard let leave = leaves[id] else { return .failure("Unknown error: no such leave") }
        if case .ended(let reply) = leave.state { return reply }
        guard now < leave.began + timeout else { return .failure("RPC to '\(leave.node)' failed: timeout") }
        return nil
    }
}
