import Document

extension World {
    /// `GET target` at the API server, with the token that came.
    public func api(_ target: String, token: String?, from pod: String?) -> HTTPOutcome {
        switch pod.flatMap({ kubernetes.moods[$0] }) ?? kubernetes.mood {
        case .refuses: return .refused
        case .silent: return .silence
        case .forbids: return failure(403, "Forbidden")
        case .answers: break
        }
        guard token == kubernetes.token else { return failure(401, "Unauthorized") }
        let path = target.split(separator: "?", maxSplits: 1).first.map(String.init) ?? ""
        let pods = "/api/v1/namespaces/\(kubernetes.namespace)/pods"
        if path == "/api/v1/namespaces/\(kubernetes.namespace)" { return found(namespaceDocument) }
        if path == "/apis/apps/v1/namespaces/\(kubernetes.namespace)/statefulsets/\(kubernetes.set)" {
            return kubernetes.exists ? found(setDocument) : failure(404, "NotFound")
        }
        if path == pods {
            guard target.hasSuffix("?labelSelector=app%3D\(kubernetes.set)") else { return failure(400, "BadRequest") }
            let items = kubernetes.pods.values.filter { !$0.isForgotten }.sorted { $0.ordinal < $1.ordinal }.map(
                document
            )
            return found(["kind": "PodList", "apiVersion": "v1", "items": .array(items)])
        }
        if path.hasPrefix(pods + "/"),
            let named = kubernetes.pods.values.first(where: { !$0.isForgotten && path == "\(pods)/\($0.name)" })
        {
            return found(document(of: named))
        }
        return failure(404, "NotFound")
    }

    private func found(_ value: JSONValue) -> HTTPOutcome { .answer(status: 200, body: value.serializedString()) }

    private func failure(_ code: Int, _ reason: String) -> HTTPOutcome {
        let status: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": .string(reason),
            "code": .integer(Int64(code)),
        ]
        return .answer(status: code, body: status.serializedString())
    }

    private var namespaceDocument: JSONValue {
        var metadata: JSONObject = ["name": .string(kubernetes.namespace)]
        if kubernetes.namespaceIsDeleting { metadata["deletionTimestamp"] = .string(timestamp(now)) }
        return ["kind": "Namespace", "apiVersion": "v1", "metadata": .object(metadata)]
    }

    private var setDocument: JSONValue {
        var metadata: JSONObject = ["name": .string(kubernetes.set), "uid": .string(kubernetes.uid)]
        if kubernetes.isDeleting { metadata["deletionTimestamp"] = .string(timestamp(now)) }
        var spec: JSONObject = [
            "replicas": .integer(Int64(kubernetes.replicas)),
            "selector": ["matchLabels": ["app": .string(kubernetes.set)]],
        ]
        if kubernetes.start > 0 { spec["ordinals"] = ["start": .integer(Int64(kubernetes.start))] }
        return ["kind": "StatefulSet", "apiVersion": "apps/v1", "metadata": .object(metadata), "spec": .object(spec)]
    }

    private func document(of pod: Pod) -> JSONValue {
        var metadata: JSONObject = [
            "name": .string(pod.name), "uid": .string(pod.uid), "labels": ["app": .string(kubernetes.set)],
            "ownerReferences": [
                [
                    "apiVersion": "apps/v1", "kind": "StatefulSet", "name": .string(kubernetes.set),
                    "uid": .string(pod.owner), "controller": true,
                ]
            ],
        ]
        if let deletion = pod.deletion {
            metadata["deletionTimestamp"] = .string(timestamp(deletion.asked + deletion.grace))
            metadata["deletionGracePeriodSeconds"] = .integer(Int64(deletion.grace))
        }
        var container: JSONObject = ["name": "vernemq", "started": .bool(pod.isStarted), "ready": .bool(pod.isStarted)]
        if let since = pod.runningSince {
            container["state"] = ["running": ["startedAt": .string(timestamp(since))]]
        } else {
            container["state"] = ["waiting": ["reason": "PodInitializing"]]
        }
        var status: JSONObject = [
            "phase": pod.runningSince == nil ? "Pending" : "Running",
            "containerStatuses": [["name": "proxy", "state": ["running": [:]], "started": true], .object(container)],
        ]
        if pod.hasAddress { status["podIP"] = .string(pod.address) }
        let command: JSONValue = ["/bin/sh", "/vernemq-operator/leave"]
        return [
            "kind": "Pod", "apiVersion": "v1", "metadata": .object(metadata),
            "spec": [
                "containers": [
                    ["name": "proxy"], ["name": "vernemq", "lifecycle": ["preStop": ["exec": ["command": command]]]],
                ]
            ],
            "status": .object(status),
        ]
    }

    /// RFC 3339 in whole seconds, as the API server writes times.
    private func timestamp(_ moment: Double) -> String {
        let seconds = Int(moment)
        let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
        // Days to a date, by Howard Hinnant's algorithm for the civil calendar.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ number: Int, _ width: Int = 2) -> String {
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        return
            "\(padded(year, 4))-\(padded(month))-\(padded(day))T\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60))Z"
    }
}
