import Document

extension VerneMQResource {
    static func checkImage(of spec: JSONValue, _ list: inout FindingList) {
        let version = spec["version"]?.stringValue
        if let version, VerneMQVersion(tag: version) == nil {
            list.add([VersionText.fault(version, at: "spec.version")])
        }
        if let tag = spec["tag"]?.stringValue, !isTag(tag) {
            let remedy = "must be at most 128 letters, digits, _, . and -, not beginning with . or -"
            list.error("spec.tag", tag, "not the tag of an image", remedy: remedy)
        }
        if let sha = spec["sha"]?.stringValue, !isDigest(sha) {
            let remedy = "must be the 64 hexadecimal digits of a SHA-256 digest, without sha256: before them"
            list.error("spec.sha", sha, "not a digest", remedy: remedy)
        }
        for field in ["image", "baseImage"] {
            guard let text = spec[field]?.stringValue else { continue }
            guard let image = ImageReference(text) else {
                list.error("spec.\(field)", text, "not an image reference", remedy: imageRule)
                continue
            }
            if field == "baseImage", image.tag != nil || image.digest != nil {
                let remedy = "leave them out here: use tag, sha or version, or image for the whole reference"
                list.error("spec.baseImage", text, "has a tag or a digest", remedy: remedy)
            }
        }
        checkPrecedence(of: spec, &list)
        checkCoherence(of: spec, &list)
    }

    private static let imageRule = "must be [registry/]path[:tag][@digest]"

    private static func checkPrecedence(of spec: JSONValue, _ list: inout FindingList) {
        guard spec["image"]?.stringValue?.isEmpty == false else { return }
        let unused = ["baseImage", "tag", "sha"].filter { spec[$0]?.stringValue?.isEmpty == false }
        guard !unused.isEmpty else { return }
        list.warning(
            "spec.image",
            "is the whole reference, so this changes nothing: \(unused.joined(separator: ", "))",
            remedy: "remove one or the other"
        )
    }

    /// The version decides by which schema the configuration is judged, so it has to be the image's.
    private static func checkCoherence(of spec: JSONValue, _ list: inout FindingList) {
        let image = spec["image"]?.stringValue.flatMap(ImageReference.init)
        let tag = spec["image"]?.stringValue?.isEmpty == false ? image?.tag : spec["tag"]?.stringValue
        let path = image == nil ? "spec.tag" : "spec.image"
        if let declared = spec["version"]?.stringValue.flatMap(VerneMQVersion.init(tag:)),
            let tagged = tag.flatMap(VerneMQVersion.init(tag:)), !agree(declared, tagged)
        {
            list.error(
                "spec.version",
                declared.description,
                "\(path) names version \(tagged), and the configuration depends on which one it is",
                remedy: "must be \(tagged), or the image another one"
            )
        }
        let isPinned = image?.digest != nil || spec["sha"]?.stringValue?.isEmpty == false
        let effective = tag ?? (image == nil ? spec["version"]?.stringValue : nil)
        guard spec["statefulSetRef"]?.isNull != false, !isPinned else { return }
        if effective == "latest" || (image != nil && effective == nil) {
            list.warning(
                path,
                effective,
                "the image can change under a running cluster, so two brokers may be of different versions",
                remedy: "name a release, or a digest"
            )
        }
    }

    /// Whether two versions agree as far as both go: 2.1 and 2.1.1 do.
    private static func agree(_ left: VerneMQVersion, _ right: VerneMQVersion) -> Bool {
        zip(left.numbers, right.numbers).allSatisfy { $0 == $1 }
    }

    private static func isTag(_ text: String) -> Bool {
        let isLetter: (UInt8) -> Bool = { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
        guard (1...128).contains(text.utf8.count), let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(\.isASCIIHexDigit)
    }
}
