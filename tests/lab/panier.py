"""A helper that only its own host may call."""

from http.server import BaseHTTPRequestHandler, HTTPServer


class Helper(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"basket")

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", 9000), Helper).serve_forever()
