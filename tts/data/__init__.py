"""From a corpus on disk to manifests: readers' contract, download, validation, splits."""
