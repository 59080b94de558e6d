import Document

/// Reads parts of one kubeconfig and says where faults are.
struct KubeConfigReader: Sendable {
    let path: String
    let document: YAMLDocument
    /// Where the part is that is being read.
    var base = JSONPointer.root

    func fault(_ pointer: JSONPointer, _ problem: String, _ remedy: String) -> KubeConfigError.Fault {
        var place = base.appending(pointer)
        while document.mark(at: place) == nil, let parent = place.parent { place = parent }
        let mark = document.mark(at: place)
        return .init(file: path, position: mark.map(\.description), problem: problem, remedy: remedy)
    }

    /// Gathers the entries of a list whose elements have a name and a value; those that are known already are left alone.
    func collect(
        _ list: String,
        _ member: String,
        into entries: inout [String: KubeConfig.Entry],
        _ faults: inout [KubeConfigError.Fault]
    ) {
        guard let value = document.value[list], !value.isNull else { return }
        guard let elements = value.arrayValue else {
            faults.append(fault([list], "\(list) is no list", "write \"\(list):\" and its elements with a hyphen each"))
            return
        }
        for (index, element) in elements.enumerated() {
            let place = JSONPointer(list).appending(index)
            guard let name = element["name"]?.stringValue, !name.isEmpty else {
                faults.append(fault(place, "an element of \(list) has no name", "add \"name:\""))
                continue
            }
            let content = element[member] ?? .null
            guard content.objectValue != nil || content.isNull else {
                faults.append(
                    fault(place.appending(member), "\(member) of \"\(name)\" is no mapping", "indent its fields")
                )
                continue
            }
            guard entries[name] == nil else { continue }
            var reader = self
            reader.base = place.appending(member)
            entries[name] = KubeConfig.Entry(value: content.isNull ? [:] : content, reader: reader)
        }
    }

    /// A path of the file: relative ones are relative to it.
    func resolve(_ name: String) -> String {
        guard !name.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return name }
        return path[...slash] + name
    }
}
