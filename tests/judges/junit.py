"""libxml2's validation of XML documents against a schema.

    python junit.py SCHEMA DOCUMENT...
"""

import sys

from lxml import etree


def main():
    if len(sys.argv) < 3:
        sys.exit("junit.py: a schema and a document are required")
    # Documents of a test have neither entities nor addresses to load.
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    schema = etree.XMLSchema(etree.parse(sys.argv[1], parser))
    failed = False
    for path in sys.argv[2:]:
        try:
            document = etree.parse(path, parser)
        except etree.XMLSyntaxError as error:
            print(f"{path}: {error}")
            failed = True
            continue
        if not schema.validate(document):
            print(*(f"{path}:{error.line}: {error.message}" for error in schema.error_log), sep="\n")
            failed = True
    sys.exit(1 if failed else 0)


main()
