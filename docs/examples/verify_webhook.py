import base64
import hashlib
import hmac
import json
import sys
import time

TOLERANCE_S = 5 * 60


def verify_webhook(secret: str, headers: dict, body: str) -> dict:
    """Checks that a webhook is ours and recent; raises ValueError when it is not.

    `body` must be the bytes as they came, not JSON that was parsed and written again.
    """
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(timestamp)) > TOLERANCE_S:
        raise ValueError("too old, or from the future")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    for one in headers["webhook-signature"].split(" "):
        version, _, signature = one.partition(",")
        if version == "v1" and hmac.compare_digest(signature, right):
            return json.loads(body)
    raise ValueError("no signature matches")


# python3 verify_webhook.py < delivery.json, which is {"secret": …, "headers": …, "body": …}
if __name__ == "__main__":
    delivery = json.load(sys.stdin)
    print(verify_webhook(delivery["secret"], delivery["headers"], delivery["body"])["type"])
