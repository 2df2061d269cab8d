"""The survey document and all that is decided by it alone; pure Python, no database.

``schema`` the document · ``questions`` its types · ``logic`` what is shown · ``answering`` reading
a page · ``editing`` changing a draft · ``problems`` before publishing · ``compatibility`` between
versions · ``starters`` to begin with · ``messages`` the respondent's words.
"""
